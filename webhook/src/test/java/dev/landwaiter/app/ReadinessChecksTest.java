package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.server.Readiness;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadinessChecksTest {
    private static ImagePolicy policy(String name, String namespace, @Nullable String problem) {
        return new ImagePolicy(
                name,
                namespace,
                List.of(new ImageGlob("r.test/**")),
                LabelSelector.ALL,
                List.of(),
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticFail("fail", "")),
                1,
                problem,
                name);
    }

    private static Readiness.State state(List<ImagePolicy> policies) {
        PolicySet set = new PolicySet(policies);
        return ReadinessChecks.clusterPolicies(() -> set).state().get();
    }

    @Test
    void aBrokenPolicyOfTheClusterIsNamedAndATenantsIsNot() {
        assertThat(state(List.of(policy("good", "", null), policy("theirs", "shop", "spec.images is missing"))))
                .isEqualTo(new Readiness.State.Ready("1 policy"));
        assertThat(state(List.of(policy("good", "", null), policy("bad", "", "spec.images is missing"))))
                .isEqualTo(
                        new Readiness.State.Degraded("ClusterImagePolicy \"bad\" is broken: spec.images is missing"));
    }

    @Test
    void ofManyBrokenPoliciesAFewAreNamed() {
        assertThat(state(IntStream.range(0, 8)
                        .mapToObj(i -> policy("bad-" + i, "", "no"))
                        .toList()))
                .isInstanceOfSatisfying(
                        Readiness.State.Degraded.class,
                        degraded -> assertThat(degraded.toString())
                                .contains("bad-4", "; and 3 more")
                                .doesNotContain("bad-5"));
    }
}
