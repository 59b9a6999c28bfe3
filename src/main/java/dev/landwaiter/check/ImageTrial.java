package dev.landwaiter.check;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.workload.FieldPath;
import dev.landwaiter.workload.ImagePlace;
import dev.landwaiter.workload.ImageSlot;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says of an image what admission would say of a Pod with it, for whoever has an image and no Pod: the same policies in the same scope, a look-up
 * out of the same budget, the same judgement.
 */
public final class ImageTrial {
    private static final ImagePlace IMAGE = ImagePlace.of("image");

    private final ImageChecks checks;
    private final PolicySource policies;
    private final Namespaces namespaces;
    private final Keychain keychain;
    private final AdmissionRules rules;
    private final Limits limits;
    private final InstantSource clock;

    /**
     * Tries images under {@code policies}.
     *
     * @param keychain with whose credentials the images are looked up
     * @param clock by which exceptions end
     */
    public ImageTrial(
            ImageChecks checks,
            PolicySource policies,
            Namespaces namespaces,
            Keychain keychain,
            AdmissionRules rules,
            Limits limits,
            InstantSource clock) {
        this.checks = checks;
        this.policies = policies;
        this.namespaces = namespaces;
        this.keychain = keychain;
        this.rules = rules;
        this.limits = limits;
        this.clock = clock;
    }

    /** The same, under {@code policy} as well as under the others. */
    public ImageTrial and(ImagePolicy policy) {
        PolicySet more = new PolicySet(List.of(policy));
        PolicySource both = () -> policies.current().and(more);
        return new ImageTrial(checks, both, namespaces, keychain, rules, limits, clock);
    }

    /**
     * The Pod that an image would be in.
     *
     * @param labels of the Pod
     */
    public record Pod(String namespace, Map<String, String> labels) {
        public Pod {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * What came of one image.
     *
     * @param finding what was found out
     * @param judged how it was judged
     * @param result what a denial and the warnings would tell of it
     */
    public record Tried(Finding finding, Judgement.Judged judged, Judgement.Result result) {
        /** Whether it would be admitted. */
        public boolean admitted() {
            return result.problems().isEmpty();
        }
    }

    /** What came of the image that {@code reference} names, at the latest by {@code deadline}. */
    public Tried of(String reference, Pod pod, Deadline deadline) {
        Finding finding = find(reference, scope(policies.current(), pod), deadline);
        Judgement judgement = new Judgement(rules, limits, Judgement.Force.DENIES);
        ImageSlot slot = new ImageSlot(IMAGE, 0, "", reference, FieldPath.of(""));
        return new Tried(finding, judgement.judge(slot, finding, false), judgement.result());
    }

    private NamespaceScope scope(PolicySet under, Pod pod) {
        return new NamespaceScope(
                under.in(pod.namespace()),
                namespaces,
                pod.namespace(),
                new PodSelection(pod.labels()),
                clock.instant(),
                false);
    }

    private Finding find(String reference, NamespaceScope scope, Deadline deadline) {
        Map<String, Finding> findings = checks.known(List.of(reference), scope, keychain);
        checks.complete(findings, scope, keychain, deadline.onBehalfOf(scope.namespace()));
        Finding found = findings.get(reference);
        if (found == null) {
            throw new IllegalStateException("the reference was looked at");
        }
        return found;
    }

    /** What one authority of a policy says by itself. */
    public record AuthorityVerdict(String authority, Verdict verdict) {}

    /** What a policy says, and what each of its authorities says by itself; of a broken policy, none. */
    public record Asked(Finding.PolicyVerdict said, List<AuthorityVerdict> authorities) {
        public Asked {
            authorities = List.copyOf(authorities);
        }
    }

    /**
     * What the policies that decided on {@code tried} say, one authority after the other. What was found of the image is remembered, so that
     * asking again costs no request.
     */
    public List<Asked> asked(Tried tried, Pod pod, Deadline deadline) {
        IdentityHashMap<ImagePolicy, Verdict> alone = new IdentityHashMap<>();
        List<List<ImagePolicy>> each = new ArrayList<>();
        List<ImagePolicy> all = new ArrayList<>();
        for (Finding.PolicyVerdict one : tried.finding().verdicts()) {
            ImagePolicy policy = one.policy();
            List<ImagePolicy> split = policy.broken() || policy.authorities().size() == 1
                    ? List.of()
                    : policy.authorities().stream()
                            .map(authority -> alone(policy, authority))
                            .toList();
            each.add(split);
            all.addAll(split);
        }
        if (!all.isEmpty()) {
            Finding found = find(tried.finding().text(), scope(new PolicySet(all), pod), deadline);
            found.verdicts().forEach(one -> alone.put(one.policy(), one.verdict()));
        }
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
            Finding.PolicyVerdict one = tried.finding().verdicts().get(i);
            List<AuthorityVerdict> authorities = new ArrayList<>();
            if (!one.policy().broken() && one.policy().authorities().size() == 1) {
                authorities.add(new AuthorityVerdict(
                        one.policy().authorities().getFirst().name(), one.verdict()));
            }
            for (ImagePolicy split : each.get(i)) {
                Verdict verdict = alone.get(split);
                if (verdict != null) {
                    authorities.add(
                            new AuthorityVerdict(split.authorities().getFirst().name(), verdict));
                }
            }
            asked.add(new Asked(one, authorities));
        }
        return asked;
    }

    /** The policy, had it this one authority. */
    private static ImagePolicy alone(ImagePolicy policy, Authority authority) {
        return new ImagePolicy(
                policy.name(),
                policy.namespace(),
                policy.images(),
                policy.namespaces(),
                policy.pods(),
                policy.mode(),
                policy.onUnavailable(),
                List.of(authority),
                1,
                null,
                Digest.sha256((policy.contentDigest() + "\0" + authority.name()).getBytes(StandardCharsets.UTF_8))
                        .hex());
    }
}
