package dev.landwaiter.check;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Budget;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.limit.ReviewBudget;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.verify.StaticVerdicts;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.verify.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Finds out about images: which policies are for each, what digest it has, what each policy says of it.
 *
 * <p>Each reference is first looked at with no time at all, so that what is known is answered where it was asked; the rest is then
 * looked up together, each on a virtual thread of its own and out of a budget of its own: what one image costs takes nothing from the
 * others, and what becomes of it is its own doing alone.
 */
public final class ImageChecks {
    /** A look-up that runs out of time says who kept it waiting; whoever waits for it waits so much longer. */
    private static final Duration TELLING = Duration.ofMillis(50);
    /** How many references are remembered as read; the texts are at most a kilobyte each. */
    private static final int READ = 4096;

    private final ImageFetcher fetcher;
    private final Verifier verifier;
    private final Platform platform;
    private final Limits limits;
    /** By text: the Pods of one workload bring the same, and what is read once has its hashes for all look-ups to come. */
    private final Cache<String, ImageReference> references =
            Caffeine.newBuilder().maximumSize(READ).executor(Runnable::run).build();

    /** @param platform whose labels are read of an index */
    public ImageChecks(ImageFetcher fetcher, Verifier verifier, Platform platform, Limits limits) {
        this.fetcher = fetcher;
        this.verifier = verifier;
        this.platform = platform;
        this.limits = limits;
    }

    /** What is known of {@code references}, by reference; the findings of the others are cut off. Never blocks. */
    public Map<String, Finding> known(Iterable<String> references, NamespaceScope scope, Keychain keychain) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        Check check = new Check(scope, keychain, Deadline.passed().onBehalfOf(scope.namespace()), null);
        for (String reference : references) {
            findings.computeIfAbsent(reference, check::one);
        }
        return findings;
    }

    /** Looks up what is cut off in {@code findings}. What the deadline cuts off again is told by whose doing that was. */
    public void complete(Map<String, Finding> findings, NamespaceScope scope, Keychain keychain, Deadline deadline) {
        List<Finding> cutOff =
                findings.values().stream().filter(Finding::cutOff).toList();
        ReviewBudget review = new ReviewBudget(limits, cutOff.size());
        List<Budget> budgets = new ArrayList<>(cutOff.size());
        List<Callable<Finding>> lookups = new ArrayList<>(cutOff.size());
        for (Finding finding : cutOff) {
            ReviewBudget.Given given = review.image(finding.host(), finding.text());
            Check check =
                    new Check(scope, keychain, deadline.within(given.budget()).sooner(TELLING), given.refusal());
            budgets.add(given.budget());
            lookups.add(() -> check.one(finding.text()));
        }
        List<Optional<Finding>> found = Parallel.each(lookups, limits.count(Limit.IMAGES_AT_ONCE), deadline);
        for (int i = 0; i < cutOff.size(); i++) {
            Finding before = cutOff.get(i);
            Budget budget = budgets.get(i);
            findings.put(before.text(), found.get(i).orElseGet(() -> before.blamed(budget)));
        }
    }

    /** One look at references, with what it may use and until when. */
    private final class Check {
        private final NamespaceScope scope;
        private final Keychain keychain;
        private final Deadline latest;
        /** Of each part. */
        private final Deadline deadline;
        /** Why nothing may be looked up; null where it may. */
        private final @Nullable Failure refusal;

        Check(NamespaceScope scope, Keychain keychain, Deadline deadline, @Nullable Failure refusal) {
            this.scope = scope;
            this.keychain = keychain;
            this.latest = deadline;
            this.deadline = deadline.sooner(TELLING);
            this.refusal = refusal;
        }

        Finding one(String text) {
            return scope.exempted(found(text).blamed(deadline.budget()));
        }

        private Finding found(String text) {
            ImageReference reference;
            try {
                reference = references.get(text, written -> ImageReference.parse(written, limits));
            } catch (Failure e) {
                return Finding.unreadable(text, e);
            }
            NamespaceScope.Matching matching = scope.matching(reference, deadline);
            List<Finding.PolicyVerdict> verdicts = new ArrayList<>();
            matching.why()
                    .ifPresent(why -> matching.unknown()
                            .forEach(policy -> verdicts.add(new Finding.PolicyVerdict(policy, Verdict.of(why)))));
            List<ImagePolicy> asking = new ArrayList<>();
            for (ImagePolicy policy : matching.certain()) {
                Optional<Verdict> verdict = StaticVerdicts.find(policy);
                verdict.ifPresentOrElse(
                        found -> verdicts.add(new Finding.PolicyVerdict(policy, found)), () -> asking.add(policy));
            }
            // a namespace's own policy only adds denials: it must not save an image from being resolved
            boolean staticallyDecided =
                    asking.isEmpty() && matching.certain().stream().anyMatch(ImagePolicy::clusterScoped);
            return staticallyDecided
                    ? new Finding(text, reference, null, null, verdicts, null, false)
                    : resolved(text, reference, asking, verdicts);
        }

        private Finding resolved(
                String text, ImageReference reference, List<ImagePolicy> asking, List<Finding.PolicyVerdict> verdicts) {
            CredentialTurns.Resolved resolved;
            try {
                resolved = resolve(reference);
            } catch (Failure e) {
                asking.forEach(policy -> verdicts.add(new Finding.PolicyVerdict(policy, Verdict.of(e))));
                return new Finding(text, reference, null, e, verdicts, null, false);
            }
            Image image = resolved.image();
            Keychain.Found credential = resolved.credential();
            Details details = deadline.expired()
                    ? inPlace(image, credential, asking, verdicts)
                    : together(image, credential, asking, verdicts);
            return new Finding(
                    text,
                    reference,
                    image.digest(),
                    null,
                    verdicts,
                    details.details(),
                    details.cutOff(),
                    image.unconfirmed());
        }

        /** With no time, nothing is waited for: all is known, or cut off. */
        private Details inPlace(
                Image image,
                Keychain.Found credential,
                List<ImagePolicy> asking,
                List<Finding.PolicyVerdict> verdicts) {
            for (ImagePolicy policy : asking) {
                verdicts.add(verdict(image, policy, credential));
            }
            return details(image, credential);
        }

        /** Neither waits for the other. */
        private Details together(
                Image image,
                Keychain.Found credential,
                List<ImagePolicy> asking,
                List<Finding.PolicyVerdict> verdicts) {
            List<Callable<Part>> parts = new ArrayList<>(asking.size() + 1);
            parts.add(() -> details(image, credential));
            for (ImagePolicy policy : asking) {
                parts.add(() -> new Said(verdict(image, policy, credential)));
            }
            List<Optional<Part>> done = Parallel.each(parts, parts.size(), latest);
            for (int i = 0; i < asking.size(); i++) {
                ImagePolicy policy = asking.get(i);
                verdicts.add(
                        done.get(i + 1).map(Said.class::cast).map(Said::verdict).orElseGet(() -> late(policy)));
            }
            return done.getFirst().map(Details.class::cast).orElse(Details.LATE);
        }

        private Finding.PolicyVerdict late(ImagePolicy policy) {
            return new Finding.PolicyVerdict(policy, Verdict.of(latest.exceeded("the check of an image")));
        }

        private Finding.PolicyVerdict verdict(Image image, ImagePolicy policy, Keychain.Found credential) {
            return new Finding.PolicyVerdict(policy, verifier.verify(image, policy, credential, deadline));
        }

        private CredentialTurns.Resolved resolve(ImageReference reference) {
            if (refusal != null) {
                throw refusal;
            }
            Keychain.Found found = keychain.find(reference, deadline);
            deadline.budget().begin(deadline);
            return new CredentialTurns(fetcher, reference, deadline).resolve(found, keychain);
        }

        /** Nothing rests on labels, so an image whose labels can't be read is none the worse for it. */
        private Details details(Image image, Keychain.Found credential) {
            try {
                return new Details(fetcher.details(image, platform, credential, deadline), false);
            } catch (Failure e) {
                return new Details(null, e.code() == Code.DEADLINE_EXCEEDED);
            }
        }
    }

    /** One of the things found out about an image at the same time. */
    private sealed interface Part {}

    private record Said(Finding.PolicyVerdict verdict) implements Part {}

    /** Its labels and platform, null where they can't be read, and whether the time ran out before. */
    private record Details(@Nullable ImageDetails details, boolean cutOff) implements Part {
        static final Details LATE = new Details(null, true);
    }
}
