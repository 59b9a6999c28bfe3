package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PolicySetTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final ImageReference API = ImageReference.parse("ghcr.io/acme/api:1");

    private static ImagePolicy policy(String namespace, String name, String... globs) {
        return new ImagePolicy(
                name,
                namespace,
                List.of(globs).stream().map(ImageGlob::new).toList(),
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticPass("pass")),
                1,
                null,
                name);
    }

    private static List<String> ids(List<ImagePolicy> policies) {
        return policies.stream().map(ImagePolicy::id).toList();
    }

    @Test
    void aNamespaceHasThePoliciesOfTheClusterAndItsOwn() {
        PolicySet set = new PolicySet(List.of(
                policy("shop", "z", "ghcr.io/**"),
                policy("", "b", "ghcr.io/acme/*"),
                policy("bakery", "x", "**"),
                policy("", "a", "**"),
                policy("shop", "y", "quay.io/**")));

        assertThat(ids(set.policies())).containsExactly("a", "b", "bakery/x", "shop/y", "shop/z");
        assertThat(ids(set.in("shop").policies())).containsExactly("a", "b", "shop/y", "shop/z");
        assertThat(ids(set.in("shop").matching(API))).containsExactly("a", "b", "shop/z");
        assertThat(ids(set.in("elsewhere").matching(API))).containsExactly("a", "b");
        assertThat(ids(set.matching(API))).containsExactly("a", "b", "bakery/x", "shop/z");
        assertThat(set.in("elsewhere")).isSameAs(set.in("anywhere"));
        assertThat(set.in("shop").in("shop")).isSameAs(set.in("shop"));
    }

    @Test
    void aSetThatDiffersInOnePartHasAllOthersAsTheyWere() {
        PolicySet set = new PolicySet(List.of(policy("", "a", "**"), policy("shop", "x", "**")));

        PolicySet other = set.withPoliciesOf("bakery", List.of(policy("bakery", "new", "**")))
                .withPoliciesOf("shop", List.of());
        assertThat(ids(other.policies())).containsExactly("a", "bakery/new");
        assertThat(other.in("shop").matching(API).getFirst())
                .isSameAs(set.in("shop").matching(API).getFirst());

        PolicySet changed = other.withClusterPolicies(List.of(policy("", "c", "quay.io/**")));
        assertThat(ids(changed.in("bakery").matching(API))).containsExactly("bakery/new");
        assertThat(ids(set.policies())).as("as it was").containsExactly("a", "shop/x");
    }

    @Test
    void twoSetsTogetherHaveThePoliciesAndExceptionsOfBoth() {
        Exemption exemption = exemption("e", NOW.plusSeconds(1), "a");
        PolicySet both = new PolicySet(List.of(policy("", "a", "**"), policy("shop", "x", "**")), List.of(exemption))
                .and(new PolicySet(List.of(policy("", "b", "ghcr.io/**"), policy("shop", "y", "**"))));

        assertThat(ids(both.in("shop").matching(API))).containsExactly("a", "b", "shop/x", "shop/y");
        assertThat(ids(both.in("elsewhere").matching(API))).containsExactly("a", "b");
        assertThat(both.exemptions()).containsExactly(exemption);
        assertThat(both.in("shop").exemptions()).containsExactly(exemption);
    }

    @Test
    @Tag("attack-56")
    @DisplayName("Attack 56: on an event loop no match is looked for that takes long, and what is known is told there")
    void whatTakesLongIsNotToldAtOnce() {
        String[] hostile = IntStream.range(0, 64)
                .mapToObj(i -> "**a*" + "a".repeat(430 + i % 60) + "*a".repeat(4) + "c")
                .toArray(String[]::new);
        PolicySet set = new PolicySet(List.of(policy("", "a", "**"), policy("shop", "x", hostile)));
        ImageReference name = ImageReference.parse("r.test/" + "a".repeat(240));

        assertThat(set.in("shop").matchingAtOnce(name)).isEmpty();
        assertThat(set.in("elsewhere").matchingAtOnce(name).map(PolicySetTest::ids))
                .as("of one namespace's globs nobody else knows")
                .contains(List.of("a"));
        assertThat(ids(set.in("shop").matching(name))).containsExactly("a");
        assertThat(set.in("shop").matchingAtOnce(name).map(PolicySetTest::ids)).contains(List.of("a"));
    }

    @Test
    void whatIsRememberedIsBoundedAndTheLatestIsAmongIt() {
        PolicyGroup group = PolicyGroup.of(List.of(policy("shop", "x", "**")));
        for (int i = 0; i < 20_000; i++) {
            assertThat(group.matching("r.test/" + "a".repeat(200) + i)).hasSize(1);
        }
        assertThat(group.remembered()).isBetween(100L, 500L);
        PolicyGroup ofCluster = PolicyGroup.of(List.of(policy("", "x", "**")));
        for (int i = 0; i < 20_000; i++) {
            assertThat(ofCluster.matching("r.test/" + "a".repeat(200) + i)).hasSize(1);
        }
        assertThat(ofCluster.remembered()).isBetween(1_000L, 8_000L);
    }

    private static Exemption exemption(String name, Instant expires, String... policies) {
        return new Exemption(
                name,
                Set.of(policies),
                List.of(
                        new Exemption.ExemptImage("ghcr.io/acme/api", null),
                        new Exemption.ExemptImage("ghcr.io/acme/api", Digest.sha256(new byte[0]))),
                Set.of(),
                expires,
                "moved",
                null);
    }

    @Test
    void ofSeveralExceptionsTheOneThatHoldsLongestIsTold() {
        ImagePolicy a = policy("", "a", "**");
        Exemption first = exemption("first", NOW.plusSeconds(1), "a");
        Exemption longer = exemption("longer", NOW.plusSeconds(9), "a");
        PolicySet set = new PolicySet(
                List.of(a),
                List.of(first, longer, exemption("other", NOW.plusSeconds(99), "b"), exemption("ended", NOW, "a")));

        assertThat(set.exemption(a, API, null, "shop", NOW)).contains(longer);
        assertThat(set.in("shop").exemption(a, API, null, "shop", NOW)).contains(longer);
        assertThat(set.exemption(a, API, null, "shop", NOW.plusSeconds(9))).isEmpty();
        assertThat(set.exemption(a, ImageReference.parse("ghcr.io/acme/web"), null, "shop", NOW))
                .isEmpty();
    }
}
