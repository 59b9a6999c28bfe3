package dev.landwaiter.lint;

import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Of policies beside each other: which never decide anything, because another one does. */
final class ShadowRules {
    private final List<PolicyObject> policies;

    ShadowRules(List<PolicyObject> policies) {
        this.policies = policies;
    }

    void check() {
        for (int i = 0; i < policies.size(); i++) {
            PolicyObject policy = policies.get(i);
            if (policy.policy().broken()) {
                continue;
            }
            twice(policy, policies.subList(0, i));
            for (int j = 0; j < policies.size(); j++) {
                ImagePolicy other = policies.get(j).policy();
                if (j != i && !other.broken() && other.mode() == Mode.ENFORCE) {
                    beside(policy, policies.get(j));
                }
            }
        }
    }

    private static void twice(PolicyObject policy, List<PolicyObject> before) {
        before.stream()
                .filter(other -> !other.policy().broken()
                        && other.policy().contentDigest().equals(policy.policy().contentDigest())
                        && new HashSet<>(other.policy().images())
                                .equals(new HashSet<>(policy.policy().images()))
                        && other.spec()
                                .path("namespaceSelector")
                                .equals(policy.spec().path("namespaceSelector"))
                        && other.spec().path("match").equals(policy.spec().path("match"))
                        && other.policy().mode() == policy.policy().mode()
                        && other.policy().namespace().equals(policy.policy().namespace()))
                .findFirst()
                .ifPresent(other -> policy.found(
                        LintCode.POLICY_TWICE,
                        "spec",
                        "It says what %s says, of the same images. Keep one."
                                .formatted(other.policy().title())));
    }

    /** What {@code other} makes of {@code policy}. */
    private static void beside(PolicyObject policy, PolicyObject other) {
        if (other.refusesAll() && !policy.refusesAll() && reaches(other, policy)) {
            List<ImageGlob> covered = policy.policy().images().stream()
                    .filter(glob -> GlobSets.cover(other.policy().images(), glob))
                    .toList();
            boolean all = covered.size() == policy.policy().images().size();
            for (ImageGlob glob : all ? covered.subList(0, 1) : covered) {
                policy.found(
                        LintCode.SHADOWED,
                        all
                                ? "spec.images"
                                : "spec.images[" + policy.policy().images().indexOf(glob) + "].glob",
                        "%s refuses %s: this policy never decides about %s."
                                .formatted(
                                        other.policy().title(),
                                        all ? "all these images" : "every image of \"" + glob + "\"",
                                        all ? "anything" : "them"));
            }
        } else if (policy.passesAll() && !other.passesAll() && reaches(other, policy)) {
            Optional<ImageGlob> excused = policy.policy().images().stream()
                    .filter(glob -> other.policy().images().stream().anyMatch(wide -> GlobSets.meet(wide, glob)))
                    .findFirst();
            excused.ifPresent(glob -> policy.found(
                    LintCode.PASS_WITHOUT_EFFECT,
                    "spec.images[" + policy.policy().images().indexOf(glob) + "].glob",
                    "It excuses nothing of \"%s\" from %s: an image has to pass every policy that is for it. Write an ImagePolicyException."
                            .formatted(glob, other.policy().title())));
        }
    }

    /** Whether {@code other} is for every object that {@code policy} is for. */
    private static boolean reaches(PolicyObject other, PolicyObject policy) {
        ImagePolicy wide = other.policy();
        boolean namespace =
                wide.clusterScoped() || wide.namespace().equals(policy.policy().namespace());
        boolean selector = wide.namespaces().matchesAll()
                || wide.namespaces().equals(policy.policy().namespaces());
        boolean match = other.spec().path("match").isEmpty()
                || other.spec().path("match").equals(policy.spec().path("match"));
        return namespace && selector && match;
    }
}
