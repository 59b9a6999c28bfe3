package dev.landwaiter.kubernetes;

import static dev.landwaiter.kubernetes.MockCluster.await;
import static dev.landwaiter.kubernetes.MockCluster.find;
import static dev.landwaiter.kubernetes.MockCluster.passing;
import static dev.landwaiter.kubernetes.MockCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.sigstore.TrustedRoot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tenants' ImagePolicies may cost, and whom. */
@Timeout(120)
class TenantPoliciesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String KEY =
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgwYVGvVnxLoQaPILGxjW6+D7P9fH\ng/N+dU9a3XaVUdml3fNgI2jmS2QFVyOOSBI5ulAJJALLbQs7mJjBAS5NEg==\n-----END PUBLIC KEY-----\n";
    private static final String OTHER_KEY =
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAFeUZFLZ/ufZk11QwzUVHcS4k3hkLJS2AEIHJNhnYmtI=\n-----END PUBLIC KEY-----\n";

    private final MockCluster cluster = new MockCluster();

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void policy(String namespace, String name, int second, Map<String, Object> spec) {
        cluster.create(PolicyKind.IMAGE_POLICY, namespace, name, second, spec);
    }

    private static Map<String, Object> with(String field, Object value, Map<String, Object> spec) {
        Map<String, Object> more = new HashMap<>(spec);
        more.put(field, value);
        return more;
    }

    private static Map<String, Object> key(String configMap) {
        return spec("**", Map.of("key", Map.of("configMapRef", Map.of("name", configMap))));
    }

    /** Compiling it takes long: each has other words, so that none is remembered. */
    private static Map<String, Object> conditions(int seed, int count) {
        return spec(
                "**",
                Map.of(
                        "key",
                        Map.of("data", KEY),
                        "attestations",
                        IntStream.range(0, count)
                                .mapToObj(i -> Map.of(
                                        "name",
                                        "a" + i,
                                        "predicateType",
                                        "https://example.com/" + i,
                                        "policy",
                                        Map.of("type", "cel", "data", condition(seed * 100 + i))))
                                .toList()));
    }

    private static String condition(int seed) {
        StringBuilder cel = new StringBuilder("predicate.seed == " + seed);
        for (int i = 0; i < 100; i++) {
            cel.append(" && predicate.a").append(i).append(".b.c == 'x'");
        }
        return cel.toString();
    }

    private JsonNode condition(String namespace, String name) {
        return cluster.condition(PolicyKind.IMAGE_POLICY, namespace, name);
    }

    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: an admin's change is in force although hundreds of tenants' policies are still to be compiled")
    void anAdminsChangeWaitsForNoTenants() {
        cluster.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "first", 0, passing("ghcr.io/**"));
        for (int i = 0; i < 60; i++) {
            policy("tenant-" + i, "slow", i, conditions(i, 6));
        }
        policy("shop", "own", 99, passing("quay.io/**"));
        try (ClusterPolicies policies = cluster.policies(Duration.ZERO)) {
            await(policies::synced);
            await(() -> find(policies, "shop/own").isPresent());
            assertThat(unread(policies)).as("what takes little comes first").isGreaterThan(0);

            cluster.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "second", 0, conditions(1_000, 1));
            await(() -> find(policies, "second").isPresent());
            assertThat(find(policies, "second").orElseThrow().problem()).isNull();
            assertThat(unread(policies))
                    .as("and an admin's before all tenants'")
                    .isGreaterThan(0);
            assertThat(policies.current().in("tenant-0").policies())
                    .as("what is not read yet refuses")
                    .anyMatch(policy -> !policy.clusterScoped()
                            && (policy.broken() || policy.name().equals("slow")));

            cluster.create(PolicyKind.IMAGE_POLICY_EXCEPTION, "", "third", 0, Map.of());
            await(() -> !policies.current().exemptions().isEmpty());
            await(() -> unread(policies) == 0);
            assertThat(find(policies, "tenant-59/slow").orElseThrow().problem()).isNull();
        }
    }

    private static long unread(ClusterPolicies policies) {
        return policies.current().policies().stream()
                .filter(policy -> policy.name().equals("unread"))
                .count();
    }

    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: the oldest policies of a namespace count, up to its limit; the others refuse under their own mode")
    void theOldestCount() {
        // this API server gives all of them the same time, and then names decide
        for (int i = 0; i < 34; i++) {
            policy(
                    "shop",
                    "p%02d".formatted(i),
                    i,
                    with("mode", i == 33 ? "audit" : "enforce", passing("quay.io/p" + i)));
        }
        policy("bakery", "own", 0, passing("**"));
        try (ClusterPolicies policies = cluster.policies(PATIENCE)) {
            await(policies::synced);

            assertThat(find(policies, "shop/p00").orElseThrow().problem()).isNull();
            assertThat(find(policies, "shop/p31").orElseThrow().problem()).isNull();
            String why =
                    "the limit 'namespace-policies' of 32 policies is exceeded in namespace \"shop\", and older policies count first: delete some that are not needed";
            ImagePolicy newest = find(policies, "shop/p33").orElseThrow();
            assertThat(newest.problem()).isEqualTo(why);
            assertThat(newest.mode()).isEqualTo(Mode.AUDIT);
            assertThat(newest.images()).hasToString("[quay.io/p33]");
            assertThat(find(policies, "shop/p32").orElseThrow().mode()).isEqualTo(Mode.ENFORCE);
            assertThat(find(policies, "bakery/own").orElseThrow().problem()).isNull();
            assertThat(policies.beyondLimits()).isEqualTo(2);
            await(() -> condition("shop", "p33").path("reason").asText().equals("LimitExceeded"));
            assertThat(condition("shop", "p33").path("status").asText()).isEqualTo("False");
            assertThat(condition("shop", "p33").path("message").asText()).isEqualTo(why);
            await(() -> condition("shop", "p00").path("status").asText().equals("True"));

            Object _ = cluster.resource(PolicyKind.IMAGE_POLICY, "shop", "p00").delete();
            await(() -> find(policies, "shop/p32").orElseThrow().problem() == null);
            assertThat(find(policies, "shop/p33").orElseThrow().problem()).isEqualTo(why);
        }
    }

    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: however many policies a tenant makes, what is held of them is bounded, and those beyond refuse all images")
    void veryManyAreOneThatRefuses() {
        for (int i = 0; i < 70; i++) {
            policy("shop", "p%02d".formatted(i), i, with("mode", i == 69 ? "warn" : "audit", passing("quay.io/p" + i)));
        }
        try (ClusterPolicies policies = cluster.policies(PATIENCE)) {
            await(policies::synced);

            assertThat(policies.current().in("shop").policies()).hasSize(32 + 32 + 1);
            ImagePolicy all = find(policies, "shop/p64").orElseThrow();
            assertThat(all.problem())
                    .isEqualTo(
                            "the limit 'namespace-policies' of 32 policies is exceeded in namespace \"shop\", and older policies count first: delete some that are not needed. Together with 5 more it refuses every image of the namespace");
            assertThat(all.images()).hasToString("[**]");
            assertThat(all.mode()).as("the strictest of theirs").isEqualTo(Mode.WARN);
            await(() -> condition("shop", "p69").path("reason").asText().equals("LimitExceeded"));
        }
    }

    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: of objects as large as the API server takes only the oldest are held, and fetched again when there is room")
    void ofLargeObjectsOnlySomeAreHeld() {
        String text = "x".repeat(8_000);
        for (int i = 0; i < 12; i++) {
            Map<String, Object> spec = new HashMap<>(passing("quay.io/p" + i));
            IntStream.range(0, 15).forEach(n -> spec.put("unknown" + n, text));
            policy("shop", "p%02d".formatted(i), i, spec);
        }
        policy("shop", "small", 50, passing("ghcr.io/**"));
        try (ClusterPolicies policies = cluster.policies(PATIENCE)) {
            await(policies::synced);

            assertThat(find(policies, "shop/p00").orElseThrow().problem()).endsWith("is not supported by this version");
            assertThat(find(policies, "shop/p02").orElseThrow().problem())
                    .startsWith("the limit 'namespace-policy-bytes' of 262144 bytes is exceeded");
            assertThat(find(policies, "shop/p08").orElseThrow().images()).hasToString("[**]");
            assertThat(find(policies, "shop/small"))
                    .as("one of those whose spec was dropped")
                    .isEmpty();

            for (int i = 0; i < 12; i++) {
                Object _ = cluster.resource(PolicyKind.IMAGE_POLICY, "shop", "p%02d".formatted(i))
                        .delete();
            }
            // deletions are seen one after the other, and its spec is fetched once there is room
            await(() -> {
                List<ImagePolicy> left = policies.current().in("shop").policies();
                return left.size() == 1 && left.getFirst().problem() == null;
            });
            assertThat(find(policies, "shop/small")).isPresent();
        }
    }

    @Test
    @Tag("attack-64")
    @DisplayName("Attack 64: a change of a status or an annotation compiles nothing again")
    void anAnnotationChangesNothing() {
        policy("shop", "own", 0, conditions(1, 1));
        cluster.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "first", 0, conditions(2, 1));
        try (ClusterPolicies policies = cluster.policies(PATIENCE)) {
            await(policies::synced);
            await(() -> condition("shop", "own").path("status").asText().equals("True"));
            ImagePolicy own = find(policies, "shop/own").orElseThrow();
            ImagePolicy first = find(policies, "first").orElseThrow();

            cluster.annotate(PolicyKind.IMAGE_POLICY, "shop", "own", "changed");
            cluster.annotate(PolicyKind.CLUSTER_IMAGE_POLICY, "", "first", "changed");
            // what was told before these is done when they are in force
            policy("shop", "later", 1, passing("**"));
            cluster.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "later", 0, passing("**"));
            await(() -> find(policies, "shop/later").isPresent()
                    && find(policies, "later").isPresent());

            assertThat(find(policies, "shop/own").orElseThrow()).isSameAs(own);
            assertThat(find(policies, "first").orElseThrow()).isSameAs(first);
        }
    }

    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: a changed ConfigMap has the policies read again that name it, and no others; an annotation of it none")
    void aChangedConfigMapConcernsWhoNamesIt() {
        for (String namespace : List.of("shop", "bakery")) {
            cluster.configMap(namespace, "keys", Map.of("cosign.pub", KEY), Map.of());
            cluster.configMap(namespace, "others", Map.of("cosign.pub", KEY), Map.of());
            policy(namespace, "named", 0, key("keys"));
            policy(namespace, "other", 1, key("others"));
        }
        try (ClusterPolicies policies = cluster.policies(PATIENCE)) {
            await(policies::synced);
            Map<String, ImagePolicy> before = all(policies);
            assertThat(before).hasSize(4);
            assertThat(before.values()).noneMatch(ImagePolicy::broken);

            cluster.configMap("shop", "keys", Map.of("cosign.pub", KEY), Map.of("note", "changed"));
            cluster.configMap("shop", "others", Map.of("cosign.pub", OTHER_KEY), Map.of());
            ImagePolicy otherBefore = Objects.requireNonNull(before.get("shop/other"));
            await(() ->
                    !find(policies, "shop/other").orElseThrow().contentDigest().equals(otherBefore.contentDigest()));

            Map<String, ImagePolicy> after = all(policies);
            assertThat(after.get("shop/named")).isSameAs(before.get("shop/named"));
            assertThat(after.get("bakery/named")).isSameAs(before.get("bakery/named"));
            assertThat(after.get("bakery/other")).isSameAs(before.get("bakery/other"));
            assertThat(Objects.requireNonNull(after.get("shop/other")).contentDigest())
                    .isNotEqualTo(otherBefore.contentDigest());
        }
    }

    private static Map<String, ImagePolicy> all(ClusterPolicies policies) {
        Map<String, ImagePolicy> all = new HashMap<>();
        policies.current().policies().forEach(policy -> all.put(policy.id(), policy));
        return all;
    }

    @Test
    void aConfigMapThatIsTooLargeCannotBeRead() {
        cluster.configMap("shop", "keys", Map.of("cosign.pub", KEY, "more", "x".repeat(70_000)), Map.of());
        policy("shop", "named", 0, key("keys"));
        try (ClusterPolicies policies = cluster.policies(PATIENCE)) {
            await(policies::synced);
            assertThat(find(policies, "shop/named").orElseThrow().problem())
                    .isEqualTo(
                            "spec.authorities[0].key.configMapRef can't be followed: could not read ConfigMap \"shop/keys\": it is larger than the limit 'material-bytes' of 65536 bytes");
        }
    }

    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: what 1,000 namespaces' policies name opens no connection for each, and an admin's is seen to change at once")
    void whatTenantsNameIsReadOverAFewConnections() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            cluster.configMap("tenant-" + i, "keys", Map.of("cosign.pub", KEY), Map.of());
            policy("tenant-" + i, "signed", i, key("keys"));
        }
        cluster.configMap("landwaiter", "keys", Map.of("cosign.pub", KEY), Map.of());
        cluster.create(PolicyKind.CLUSTER_IMAGE_POLICY, "", "admins", 0, key("keys"));
        try (Relay relay = new Relay(cluster.port());
                ClusterConnection counted = cluster.connection(relay.port());
                ClusterPolicies policies = new ClusterPolicies(
                        counted,
                        "landwaiter",
                        TrustedRoot::publicGood,
                        Limits.defaults(),
                        InstantSource.fixed(MockCluster.NOW),
                        PATIENCE)) {
            await(policies::synced);
            await(() -> policies.current().policies().stream().noneMatch(ImagePolicy::broken));

            assertThat(policies.current().policies()).hasSize(1_001);
            assertThat(relay.most())
                    .as(
                            "four watches of kinds, one of the admin's ConfigMap, eight reads at once, and the writing of statuses")
                    .isLessThan(30);
            ImagePolicy before = find(policies, "admins").orElseThrow();
            cluster.configMap("landwaiter", "keys", Map.of("cosign.pub", OTHER_KEY), Map.of());
            await(() -> !find(policies, "admins").orElseThrow().contentDigest().equals(before.contentDigest()));
        }
    }
}
