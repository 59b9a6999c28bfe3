package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClusterIT {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY =
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgwYVGvVnxLoQaPILGxjW6+D7P9fH\ng/N+dU9a3XaVUdml3fNgI2jmS2QFVyOOSBI5ulAJJALLbQs7mJjBAS5NEg==\n-----END PUBLIC KEY-----\n";
    private static final String OTHER_KEY =
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAFeUZFLZ/ufZk11QwzUVHcS4k3hkLJS2AEIHJNhnYmtI=\n-----END PUBLIC KEY-----\n";

    private final KubernetesMockServer api = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private KubernetesClient admin = start();
    private final ClusterConnection cluster = ClusterConnection.of(admin.getConfiguration(), Limits.defaults());

    private KubernetesClient start() {
        api.init();
        MockCluster.expectOurKinds(api);
        return api.createClient();
    }

    private ClusterPolicies clusterPolicies() {
        return new ClusterPolicies(
                cluster, "landwaiter", TrustedRoot::publicGood, Limits.defaults(), InstantSource.fixed(NOW));
    }

    @AfterEach
    void stop() {
        cluster.close();
        admin.close();
        try {
            api.destroy();
        } catch (IllegalStateException e) {
            // it sometimes waits 10 s in vain, for its port or for its event loops; what the test asserted is untouched
            // by that
            assertThat(e.getMessage()).isIn("Unable to close MockWebServer", "Unable to close Vertx");
        }
    }

    @Nested
    class Policies {
        @Test
        void policiesAreInForceAsTheyComeChangeAndGo() {
            create("first", "ghcr.io/acme/*");
            try (ClusterPolicies policies = clusterPolicies()) {
                await(policies::synced);
                await(() -> names(policies).equals(List.of("first")));

                create("second", "ghcr.io/**");
                await(() -> names(policies).equals(List.of("first", "second")));

                // its status is written: an edit that overlaps would be refused
                await(() -> condition("first").path("status").asText().equals("True"));
                Object _ = resource("first").edit(policy -> {
                    policy.setAdditionalProperty("spec", spec("quay.io/**"));
                    return policy;
                });
                await(() -> policies.current()
                        .policies()
                        .getFirst()
                        .images()
                        .toString()
                        .equals("[quay.io/**]"));

                Object _ = resource("first").delete();
                await(() -> names(policies).equals(List.of("second")));
            }
        }

        @Test
        void theStatusSaysWhetherAPolicyIsInForce() throws Exception {
            create("good", "ghcr.io/acme/*");
            create("broken", "ghcr.io/acme/api:1");
            try (ClusterPolicies policies = clusterPolicies()) {
                await(policies::synced);
                await(() -> condition("good").path("status").asText().equals("True"));
                await(() -> condition("broken").path("status").asText().equals("False"));

                assertThat(condition("good").toString())
                        .isEqualTo(
                                "{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Ready\",\"message\":\"The policy is in force.\",\"observedGeneration\":%d,\"lastTransitionTime\":\"2026-11-21T10:00:00Z\"}"
                                        .formatted(generation("good")));
                assertThat(condition("broken").path("reason").asText()).isEqualTo("Broken");
                assertThat(condition("broken").path("message").asText())
                        .isEqualTo(
                                "spec.images[0].glob: Could not read glob \"ghcr.io/acme/api:1\": globs match registry/repository, never a tag. Expected for instance ghcr.io/acme/* or ghcr.io/**.");
                assertThat(policies.current().policies())
                        .extracting(ImagePolicy::name, ImagePolicy::broken)
                        .containsExactly(
                                org.assertj.core.groups.Tuple.tuple("broken", true),
                                org.assertj.core.groups.Tuple.tuple("good", false));
            }
            assertThat(writes())
                    .as("one patch of the status of each, and nothing else")
                    .containsExactlyInAnyOrder(
                            "PATCH /apis/landwaiter.dev/v1alpha1/clusterimagepolicies/good/status",
                            "PATCH /apis/landwaiter.dev/v1alpha1/clusterimagepolicies/broken/status");
        }

        /** The API server of this test adds to lists where a merge patch replaces them, so the status never becomes what is written. */
        @Test
        void aStatusThatDoesNotBecomeWhatIsWrittenIsNotWrittenWithoutEnd() throws Exception {
            create("first", "ghcr.io/acme/*");
            try (ClusterPolicies policies = clusterPolicies()) {
                await(() -> condition("first").path("status").asText().equals("True"));
                Object _ = resource("first").edit(policy -> {
                    policy.setAdditionalProperty("spec", spec("quay.io/**"));
                    return policy;
                });
                await(() -> JSON.<JsonNode>valueToTree(policy("first"))
                                .path("status")
                                .path("observedGeneration")
                                .asLong()
                        == 2);
                // whatever follows the second write has followed once a later policy has its status
                create("second", "ghcr.io/**");
                await(() -> condition("second").path("status").asText().equals("True"));
                assertThat(policies.synced()).isTrue();
            }

            assertThat(writes())
                    .filteredOn(request -> request.endsWith("/first/status"))
                    .hasSize(2);
        }

        @Test
        void aChangedKeySecretIsInForceAtOnceAndOneMadeAgainIsAnother() {
            secret("landwaiter", "release", "cosign.pub", KEY);
            createPolicy("ClusterImagePolicy", "", "signed", Map.of("secretRef", Map.of("name", "release")));
            try (ClusterPolicies policies = clusterPolicies()) {
                await(() -> policies.synced() && first(policies).problem() == null);
                String before = first(policies).contentDigest();

                secret("landwaiter", "release", "cosign.pub", OTHER_KEY);
                await(() -> !first(policies).contentDigest().equals(before));
                assertThat(first(policies).problem()).isNull();

                Object _ = admin.secrets()
                        .inNamespace("landwaiter")
                        .withName("release")
                        .delete();
                await(() -> first(policies).broken());
                assertThat(first(policies).problem())
                        .isEqualTo(
                                "spec.authorities[0].key.secretRef can't be followed: could not read Secret \"landwaiter/release\": it does not exist; create it, or name another");

                secret("landwaiter", "release", "cosign.pub", KEY);
                await(() -> first(policies).problem() == null);
                assertThat(first(policies).contentDigest())
                        .as("the same key in a Secret that was made again")
                        .isNotEqualTo(before);
            }
        }

        @Test
        @Tag("attack-44")
        @DisplayName("Attack 44: Secrets are read by name alone, in the one namespace that a policy may name")
        void secretsAreReadByNameAlone() throws Exception {
            secret("shop", "own", "cosign.pub", KEY);
            createPolicy("ImagePolicy", "shop", "tighter", Map.of("secretRef", Map.of("name", "own")));
            createPolicy(
                    "ImagePolicy", "bakery", "thief", Map.of("secretRef", Map.of("name", "own", "namespace", "shop")));
            try (ClusterPolicies policies = clusterPolicies()) {
                await(() -> policies.synced() && policies.current().policies().size() == 2);

                assertThat(policies.current().in("shop").policies().getFirst().problem())
                        .isNull();
                assertThat(policies.current().in("bakery").policies().getFirst().problem())
                        .isEqualTo(
                                "spec.authorities[0].key.secretRef.namespace is \"shop\": an ImagePolicy's Secrets and ConfigMaps are read from its own namespace alone, \"bakery\"");
            }
            assertThat(requests())
                    .filteredOn(request -> request.startsWith("GET") && request.contains("/secrets"))
                    .isNotEmpty()
                    .allMatch("GET /api/v1/namespaces/shop/secrets/own"::equals);
        }

        @Test
        void aTrustRootThatChangesIsInForceAtOnce() throws Exception {
            String json = Files.readString(Path.of("../src/test/resources/policy/trusted-root.json"));
            object("TrustRoot", "", "private", Map.of("trustedRoot", json));
            createPolicy("ClusterImagePolicy", "", "signed", Map.of("data", KEY), Map.of("trustRootRef", "private"));
            createPolicy(
                    "ClusterImagePolicy",
                    "",
                    "signed-too",
                    Map.of("data", KEY),
                    Map.of("url", "https://rekor.sigstore.dev"));
            AtomicReference<TrustedRoot> publicGood = new AtomicReference<>(TrustedRoot.publicGood());
            try (ClusterPolicies policies = new ClusterPolicies(
                    cluster, "landwaiter", publicGood::get, Limits.defaults(), InstantSource.fixed(NOW))) {
                await(() -> policies.synced() && policies.current().policies().size() == 2);
                assertThat(policies.current().policies()).noneMatch(ImagePolicy::broken);
                List<String> before = digests(policies);

                publicGood.set(TrustedRoot.parse(json.getBytes(StandardCharsets.UTF_8), "refreshed"));
                policies.readAgain();
                await(() -> !digests(policies).getLast().equals(before.getLast()));
                assertThat(digests(policies).getFirst())
                        .as("it names another root")
                        .isEqualTo(before.getFirst());

                Object _ = admin.genericKubernetesResources(PolicyKind.TRUST_ROOT.resource())
                        .withName("private")
                        .delete();
                await(() -> first(policies).broken());
                object("TrustRoot", "", "private", Map.of("trustedRoot", json));
                await(() -> !first(policies).broken());
                assertThat(digests(policies).getFirst()).as("made again").isNotEqualTo(before.getFirst());
            }
        }

        private static List<String> digests(ClusterPolicies policies) {
            return policies.current().policies().stream()
                    .map(ImagePolicy::contentDigest)
                    .toList();
        }

        @Test
        void exceptionsComeAndGo() {
            try (ClusterPolicies policies = clusterPolicies()) {
                await(policies::synced);
                exception("migration", Instant.parse("2026-12-24T00:00:00Z"));
                await(() -> policies.current().exemptions().size() == 1);

                assertThat(policies.current().exemptions().getFirst().problem()).isNull();
                Object _ = admin.genericKubernetesResources(PolicyKind.IMAGE_POLICY_EXCEPTION.resource())
                        .withName("migration")
                        .delete();
                await(() -> policies.current().exemptions().isEmpty());
            }
        }

        @Test
        void anExceptionSaysThatItHasEndedWithoutAnyChangeOfIt() throws Exception {
            AtomicReference<Instant> now = new AtomicReference<>(NOW);
            exception("short", NOW.plusMillis(1));
            exception("long", NOW.plusSeconds(7 * 24 * 3600));
            try (ClusterPolicies policies =
                    new ClusterPolicies(cluster, "landwaiter", TrustedRoot::publicGood, Limits.defaults(), now::get)) {
                await(policies::synced);
                await(() -> exceptionsCondition("short").path("status").asText().equals("True"));
                await(() -> exceptionsCondition("long").path("status").asText().equals("True"));
                assertThat(writes()).hasSize(2);

                now.set(NOW.plusSeconds(1));
                // the test's API server takes a second status, and goes on to show the first
                assertThat(nextWrite()).endsWith("/imagepolicyexceptions/short/status");
            }
            assertThat(writes()).as("of the other").isEmpty();
        }

        @Test
        void anExceptionThatEndedBeforeSaysSoFromTheStart() {
            exception("old", NOW);
            try (ClusterPolicies policies = clusterPolicies()) {
                await(policies::synced);
                await(() -> exceptionsCondition("old").path("reason").asText().equals("Expired"));
            }
            assertThat(exceptionsCondition("old").path("status").asText()).isEqualTo("False");
        }

        /** The path of what is written next. */
        private String nextWrite() throws InterruptedException {
            RecordedRequest request;
            do {
                request = api.takeRequest(15, TimeUnit.SECONDS);
                assertThat(request).as("a request within 15 s").isNotNull();
            } while (request.getMethod().equals("GET"));
            return request.getPath();
        }

        private void exception(String name, Instant expires) {
            object("ImagePolicyException", "", name, exceptionSpec(expires));
        }

        private static Map<String, Object> exceptionSpec(Instant expires) {
            return Map.of(
                    "policies",
                    List.of("signed"),
                    "images",
                    List.of("ghcr.io/acme/api"),
                    "expires",
                    expires.toString(),
                    "reason",
                    "moved");
        }

        private JsonNode exceptionsCondition(String name) {
            return JSON.<JsonNode>valueToTree(
                            admin.genericKubernetesResources(PolicyKind.IMAGE_POLICY_EXCEPTION.resource())
                                    .withName(name)
                                    .get())
                    .at("/status/conditions/0");
        }

        @Test
        void aBrokenTrustRootSaysSoAndBreaksWhoNamesIt() {
            object("TrustRoot", "", "private", Map.of("trustedRoot", "{"));
            createPolicy("ClusterImagePolicy", "", "signed", Map.of("data", KEY), Map.of("trustRootRef", "private"));
            try (ClusterPolicies policies = clusterPolicies()) {
                await(policies::synced);
                await(() -> "False"
                        .equals(JSON.<JsonNode>valueToTree(
                                        admin.genericKubernetesResources(PolicyKind.TRUST_ROOT.resource())
                                                .withName("private")
                                                .get())
                                .at("/status/conditions/0/status")
                                .asText()));

                assertThat(policies.trustRoots()).extracting(TrustRoot::broken).containsExactly(true);
                assertThat(first(policies).problem())
                        .startsWith(
                                "spec.authorities[0].ctlog.trustRootRef names TrustRoot \"private\", which is broken: ");
            }
        }

        private static ImagePolicy first(ClusterPolicies policies) {
            return policies.current().policies().getFirst();
        }

        @Test
        void nothingIsDecidedBeforeThePoliciesHaveBeenListed() {
            api.destroy();
            try (ClusterPolicies policies = clusterPolicies()) {
                assertThat(policies.synced()).isFalse();
                assertThatThrownBy(policies::current)
                        .isInstanceOf(Failure.class)
                        .hasMessage(
                                "Could not read the ClusterImagePolicies: they have not been listed yet. Try again; where it lasts, /readyz and the webhook's log say why.");
            }
        }
    }

    @Test
    void labelsAreThoseOfTheWatch() {
        namespace("shop", Map.of("team", "sales"));
        try (ClusterNamespaces namespaces = new ClusterNamespaces(cluster)) {
            await(namespaces::synced);

            assertThat(namespaces.labels("shop", Deadline.in(Duration.ZERO)))
                    .as("what is watched needs no time")
                    .contains(Map.of("team", "sales"));
        }
    }

    @Test
    void aNamespaceThatTheWatchDoesNotKnowIsAskedFor() {
        try (ClusterNamespaces namespaces = new ClusterNamespaces(cluster)) {
            await(namespaces::synced);
            namespace("late", Map.of());

            assertThat(namespaces.labels("late", deadline())).contains(Map.of());
        }
    }

    @Test
    @Tag("attack-32")
    @DisplayName("Attack 32: labels that cannot be read are a failure, never 'no labels'")
    void labelsThatCannotBeReadAreAFailure() {
        try (ClusterNamespaces namespaces = new ClusterNamespaces(cluster)) {
            await(namespaces::synced);

            fails(
                    () -> namespaces.labels("ghost", deadline()),
                    Code.NAMESPACE_UNAVAILABLE,
                    "Could not read labels of namespace \"ghost\": the API server has no such namespace. Check that it still exists, then try again.");
            fails(
                    () -> namespaces.labels("ghost", Deadline.in(Duration.ZERO)),
                    Code.DEADLINE_EXCEEDED,
                    "Could not finish reading labels of namespace \"ghost\": the time for this request ran out. Try again, or raise the webhook's timeoutSeconds.");
            String address = cluster.address();
            api.destroy();
            assertThatThrownBy(() -> namespaces.labels("ghost", deadline()))
                    .isInstanceOfSatisfying(
                            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.NAMESPACE_UNAVAILABLE))
                    .hasMessageStartingWith("Could not read labels of namespace \"ghost\": the API server at " + address
                            + " cannot be reached: ")
                    .hasMessageEndingWith(
                            ". Check the network between the webhook and the API server, then try again.");
        }
    }

    @Test
    void pullSecretsAreReadByNameAlone() throws Exception {
        PullSecrets secrets = new ClusterPullSecrets(cluster);
        pullSecret("json", "kubernetes.io/dockerconfigjson", ".dockerconfigjson", "{\"auths\":{}}");
        pullSecret("cfg", "kubernetes.io/dockercfg", ".dockercfg", "{}");
        pullSecret("opaque", "Opaque", ".dockerconfigjson", "{}");
        pullSecret("empty", "kubernetes.io/dockerconfigjson", "other", "{}");
        Object _ = admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName("default")
                        .endMetadata()
                        .addNewImagePullSecret("json")
                        .addNewImagePullSecret("cfg")
                        .build())
                .create();

        assertThat(secrets.secret("shop", "json", deadline()))
                .isInstanceOfSatisfying(PullSecrets.Secret.class, json -> {
                    assertThat(json.type()).isEqualTo("kubernetes.io/dockerconfigjson");
                    assertThat(json.content()).asString().isEqualTo("{\"auths\":{}}");
                });
        assertThat(secrets.secret("shop", "cfg", deadline()))
                .isInstanceOfSatisfying(
                        PullSecrets.Secret.class, cfg -> assertThat(cfg.type()).isEqualTo("kubernetes.io/dockercfg"));
        assertThat(secrets.secret("shop", "opaque", deadline()))
                .isEqualTo(new PullSecrets.Absent("is not a docker configuration"));
        assertThat(secrets.secret("shop", "empty", deadline()))
                .isEqualTo(new PullSecrets.Absent("is not a docker configuration"));
        assertThat(secrets.secret("shop", "missing", deadline())).isEqualTo(new PullSecrets.Absent("is missing"));
        assertThat(secrets.serviceAccount("shop", "default", deadline()))
                .isEqualTo(new PullSecrets.Account.Named(List.of("json", "cfg")));
        assertThat(secrets.serviceAccount("shop", "missing", deadline()))
                .isEqualTo(new PullSecrets.Account.Unread("is missing"));
        assertThat(requests())
                .filteredOn(request -> request.startsWith("GET") && request.contains("/secrets"))
                .allMatch(request -> request.matches("GET /api/v1/namespaces/shop/secrets/[a-z]+"));
    }

    @Test
    void aSecretThatMayNotBeReadIsSkippedAndAnApiServerInTroubleIsAFailure() {
        KubernetesMockServer refusing = new KubernetesMockServer(false);
        refusing.init();
        refusing.expect()
                .get()
                .withPath("/api/v1/namespaces/shop/secrets/pull")
                .andReturn(403, "{}")
                .once();
        refusing.expect()
                .get()
                .withPath("/api/v1/namespaces/shop/secrets/pull")
                .andReturn(500, "{}")
                .once();
        refusing.expect()
                .get()
                .withPath("/api/v1/namespaces/shop/secrets/pull")
                .andReturn(401, "{}")
                .always();
        refusing.expect()
                .get()
                .withPath("/api/v1/namespaces/shop/serviceaccounts/robot")
                .andReturn(403, "{}")
                .once();
        refusing.expect()
                .get()
                .withPath("/api/v1/namespaces/shop")
                .andReturn(
                        403,
                        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Forbidden\",\"code\":403,\"details\":{\"name\":\"shop\",\"kind\":\"namespaces\"}}")
                .once();
        try (KubernetesClient client = refusing.createClient();
                ClusterConnection connection = ClusterConnection.of(client.getConfiguration(), Limits.defaults())) {
            PullSecrets secrets = new ClusterPullSecrets(connection);

            assertThat(secrets.secret("shop", "pull", deadline()))
                    .isEqualTo(
                            new PullSecrets.Absent(
                                    "may not be read: the webhook's ServiceAccount lacks the right to get secrets in namespace \"shop\""));
            assertThat(secrets.serviceAccount("shop", "robot", deadline()))
                    .isEqualTo(
                            new PullSecrets.Account.Unread(
                                    "may not be read: the webhook's ServiceAccount lacks the right to get serviceaccounts in namespace \"shop\""));
            fails(
                    () -> secrets.secret("shop", "pull", deadline()),
                    Code.CLUSTER_UNAVAILABLE,
                    "Could not read secret \"shop/pull\": the API server answered 500. See why in the API server's log, then try again.");
            fails(
                    () -> secrets.secret("shop", "pull", deadline()),
                    Code.CLUSTER_UNAVAILABLE,
                    "Could not read secret \"shop/pull\": the API server answered 401. It does not accept the webhook's token or client certificate: renew it, as docs/install.md says under 'Renewing'.");
            fails(
                    () -> new ClusterNamespaces(connection).labels("shop", deadline()),
                    Code.NAMESPACE_UNAVAILABLE,
                    "Could not read labels of namespace \"shop\": the API server answered 403 Forbidden. Give the webhook's ServiceAccount the right to get namespaces.");
        } finally {
            refusing.destroy();
        }
    }

    private static void fails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Code code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessage(message);
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private static List<String> names(ClusterPolicies policies) {
        return policies.current().policies().stream().map(ImagePolicy::name).toList();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for 15 s").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Map<String, Object> spec(String glob) {
        return Map.of(
                "images", List.of(Map.of("glob", glob)),
                "authorities", List.of(Map.of("static", Map.of("action", "pass"))));
    }

    private void create(String name, String glob) {
        GenericKubernetesResource policy = new GenericKubernetesResource();
        policy.setApiVersion("landwaiter.dev/v1alpha1");
        policy.setKind("ClusterImagePolicy");
        policy.setMetadata(new ObjectMetaBuilder().withName(name).build());
        policy.setAdditionalProperty("spec", spec(glob));
        Object _ = admin.resource(policy).create();
    }

    private void createPolicy(String kind, String namespace, String name, Map<String, Object> key) {
        createPolicy(kind, namespace, name, key, Map.of());
    }

    private void createPolicy(
            String kind, String namespace, String name, Map<String, Object> key, Map<String, Object> ctlog) {
        Map<String, Object> authority = ctlog.isEmpty() ? Map.of("key", key) : Map.of("key", key, "ctlog", ctlog);
        object(
                kind,
                namespace,
                name,
                Map.of("images", List.of(Map.of("glob", "**")), "authorities", List.of(authority)));
    }

    private void object(String kind, String namespace, String name, Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion("landwaiter.dev/v1alpha1");
        object.setKind(kind);
        object.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace.isEmpty() ? null : namespace)
                .build());
        object.setAdditionalProperty("spec", spec);
        Object _ = admin.resource(object).create();
    }

    private void secret(String namespace, String name, String key, String content) {
        Object _ = admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .addToData(key, Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)))
                        .build())
                .createOr(io.fabric8.kubernetes.client.dsl.NonDeletingOperation::update);
    }

    private Resource<GenericKubernetesResource> resource(String name) {
        return admin.genericKubernetesResources(PolicyKind.CLUSTER_IMAGE_POLICY.resource())
                .withName(name);
    }

    private GenericKubernetesResource policy(String name) {
        return resource(name).get();
    }

    private long generation(String name) {
        Long generation = policy(name).getMetadata().getGeneration();
        return generation == null ? 0 : generation;
    }

    private JsonNode condition(String name) {
        return JSON.valueToTree(policy(name)).path("status").path("conditions").path(0);
    }

    private void namespace(String name, Map<String, String> labels) {
        Object _ = admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    private void pullSecret(String name, String type, String key, String content) {
        Object _ = admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("shop")
                        .withName(name)
                        .endMetadata()
                        .withType(type)
                        .addToData(key, Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)))
                        .build())
                .create();
    }

    private List<String> requests() throws InterruptedException {
        List<String> requests = new ArrayList<>();
        for (RecordedRequest request = api.takeRequest(0, TimeUnit.MILLISECONDS);
                request != null;
                request = api.takeRequest(0, TimeUnit.MILLISECONDS)) {
            requests.add(request.getMethod() + " " + request.getPath());
        }
        return requests;
    }

    /** What changed anything but by this test's own creations. */
    private List<String> writes() throws InterruptedException {
        return requests().stream()
                .filter(request -> !request.startsWith("GET") && !request.startsWith("POST"))
                .toList();
    }
}
