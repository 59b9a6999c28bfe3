package dev.landwaiter.admission;

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
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Parallel;
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

/**
 * Finds out about images: which policies are for each, what digest it has, what each policy says of it.
 *
 * <p>Each reference is first looked at with no time at all, so that what is known is answered where it was asked; the rest is then
 * looked up together, each on a virtual thread of its own.
 */
final class ImageChecks {
    /** A look-up that runs out of time says who kept it waiting; whoever waits for it waits so much longer. */
    private static final Duration TELLING = Duration.ofMillis(50);
    /** How many references are remembered as read; the texts are at most a kilobyte each. */
    private static final int READ = 4096;

    private final ImageFetcher fetcher;
    private final Verifier verifier;
    private final Platform platform;
    /** By text: the Pods of one workload bring the same, and what is read once has its hashes for all look-ups to come. */
    private final Cache<String, ImageReference> references =
            Caffeine.newBuilder().maximumSize(READ).executor(Runnable::run).build();

    ImageChecks(ImageFetcher fetcher, Verifier verifier, Platform platform) {
        this.fetcher = fetcher;
        this.verifier = verifier;
        this.platform = platform;
    }

    /** What is known of {@code references}, by reference; the findings of the others are cut off. Never blocks. */
    Map<String, Finding> known(Iterable<String> references, NamespaceScope scope, Keychain keychain) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        Check check = new Check(scope, keychain, Deadline.passed());
        for (String reference : references) {
            findings.computeIfAbsent(reference, check::one);
        }
        return findings;
    }

    /** Looks up what is cut off in {@code findings}; what the deadline cuts off again stays so. */
    void complete(Map<String, Finding> findings, NamespaceScope scope, Keychain keychain, Deadline deadline) {
        Check check = new Check(scope, keychain, deadline.sooner(TELLING));
        List<Callable<Finding>> lookups = new ArrayList<>();
        for (Finding finding : findings.values()) {
            if (finding.cutOff()) {
                lookups.add(() -> check.one(finding.text()));
            }
        }
        if (lookups.isEmpty()) {
            return;
        }
        try {
            for (Finding finding : Parallel.all(lookups, deadline, "the look-up of the images")) {
                findings.put(finding.text(), finding);
            }
        } catch (Failure e) {
            if (e.code() != Code.DEADLINE_EXCEEDED) {
                throw e;
            }
        }
    }

    /** One look at references, with what it may use and until when. */
    private final class Check {
        private final NamespaceScope scope;
        private final Keychain keychain;
        private final Deadline latest;
        /** Of each part. */
        private final Deadline deadline;

        Check(NamespaceScope scope, Keychain keychain, Deadline deadline) {
            this.scope = scope;
            this.keychain = keychain;
            this.latest = deadline;
            this.deadline = deadline.sooner(TELLING);
        }

        Finding one(String text) {
            return scope.exempted(found(text));
        }

        private Finding found(String text) {
            ImageReference reference;
            try {
                reference = references.get(text, ImageReference::parse);
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
                    ? new Finding(text, reference, null, null, verdicts, "", false)
                    : resolved(text, reference, asking, verdicts);
        }

        private Finding resolved(
                String text, ImageReference reference, List<ImagePolicy> asking, List<Finding.PolicyVerdict> verdicts) {
            Resolved resolved;
            try {
                resolved = resolve(reference);
            } catch (Failure e) {
                asking.forEach(policy -> verdicts.add(new Finding.PolicyVerdict(policy, Verdict.of(e))));
                return new Finding(text, reference, null, e, verdicts, "", false);
            }
            Image image = resolved.image();
            Keychain.Found credential = resolved.credential();
            Labels labels = deadline.expired()
                    ? inPlace(image, credential, asking, verdicts)
                    : together(image, credential, asking, verdicts);
            return new Finding(text, reference, image.digest(), null, verdicts, labels.platform(), labels.cutOff());
        }

        /** With no time, nothing is waited for: all is known, or cut off. */
        private Labels inPlace(
                Image image,
                Keychain.Found credential,
                List<ImagePolicy> asking,
                List<Finding.PolicyVerdict> verdicts) {
            for (ImagePolicy policy : asking) {
                verdicts.add(verdict(image, policy, credential));
            }
            return labels(image, credential);
        }

        /** Neither waits for the other. */
        private Labels together(
                Image image,
                Keychain.Found credential,
                List<ImagePolicy> asking,
                List<Finding.PolicyVerdict> verdicts) {
            List<Callable<Part>> parts = new ArrayList<>(asking.size() + 1);
            parts.add(() -> labels(image, credential));
            for (ImagePolicy policy : asking) {
                parts.add(() -> new Said(verdict(image, policy, credential)));
            }
            Labels read = Labels.NONE;
            for (Part part : Parallel.all(parts, latest, "the check of an image")) {
                switch (part) {
                    case Said said -> verdicts.add(said.verdict());
                    case Labels labels -> read = labels;
                }
            }
            return read;
        }

        private Finding.PolicyVerdict verdict(Image image, ImagePolicy policy, Keychain.Found credential) {
            return new Finding.PolicyVerdict(policy, verifier.verify(image, policy, credential, deadline));
        }

        /** With the credential that is known, and where the registry refuses it, once more with what its source says now. */
        private Resolved resolve(ImageReference reference) {
            Keychain.Found credential = keychain.find(reference, deadline);
            try {
                return new Resolved(fetcher.resolve(reference, credential, deadline), credential);
            } catch (Failure e) {
                boolean refused = e.code() == Code.REGISTRY_UNAUTHORIZED || e.code() == Code.REGISTRY_FORBIDDEN;
                if (!refused || deadline.expired()) {
                    throw e;
                }
                Keychain.Found fresh = keychain.refresh(reference, deadline);
                if (fresh.credential().identity().equals(credential.credential().identity())) {
                    throw e;
                }
                return new Resolved(fetcher.resolve(reference, fresh, deadline), fresh);
            }
        }

        /** Nothing rests on labels, so an image whose labels can't be read is none the worse for it. */
        private Labels labels(Image image, Keychain.Found credential) {
            try {
                ImageDetails details = fetcher.details(image, platform, credential, deadline);
                Platform read = details.config().platform();
                return new Labels(read.runnable() ? read.toString() : "", false);
            } catch (Failure e) {
                return new Labels("", e.code() == Code.DEADLINE_EXCEEDED);
            }
        }
    }

    /** An image, and the credential that the registry took for it. */
    private record Resolved(Image image, Keychain.Found credential) {}

    /** One of the things found out about an image at the same time. */
    private sealed interface Part {}

    private record Said(Finding.PolicyVerdict verdict) implements Part {}

    /** What its labels were read for, and whether the time ran out before. */
    private record Labels(String platform, boolean cutOff) implements Part {
        static final Labels NONE = new Labels("", false);
    }
}
