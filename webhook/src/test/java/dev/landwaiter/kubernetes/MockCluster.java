package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** fabric8's API server in memory, with our kinds, and an admin of it. */
final class MockCluster implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Answering answering = new Answering();
    private final KubernetesMockServer api =
            new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), answering, false);
    private final KubernetesClient admin;
    private final ClusterConnection connection;

    MockCluster() {
        api.init();
        expectOurKinds(api);
        this.admin = api.createClient();
        this.connection = ClusterConnection.of(admin.getConfiguration(), Limits.defaults());
    }

    /** Has {@code api} know our kinds, as if their definitions were installed. */
    static void expectOurKinds(KubernetesMockServer api) {
        for (PolicyKind kind : PolicyKind.values()) {
            api.expectCustomResource(new CustomResourceDefinitionContext.Builder()
                    .withGroup("landwaiter.dev")
                    .withVersion("v1alpha1")
                    .withKind(kind.kind())
                    .withPlural(kind.plural())
                    .withScope(kind == PolicyKind.IMAGE_POLICY ? "Namespaced" : "Cluster")
                    .withStatusSubresource(true)
                    .build());
        }
    }

    /** Answers as an API server does, or everything with one status. */
    private static final class Answering extends KubernetesCrudDispatcher {
        private volatile int status;

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return status == 0 ? super.dispatch(request) : new MockResponse().setResponseCode(status);
        }
    }

    /** From now on every request is answered so; 0: as it should be. */
    void answerAll(int status) {
        answering.status = status;
    }

    int port() {
        return api.getPort();
    }

    KubernetesClient admin() {
        return admin;
    }

    /** Another connection to it, over {@code port}. */
    ClusterConnection connection(int port) {
        return ClusterConnection.of(
                new ConfigBuilder(admin.getConfiguration())
                        .withMasterUrl("http://127.0.0.1:%d/".formatted(port))
                        .build(),
                Limits.defaults());
    }

    /** @param patience how long what was listed waits for the rest to be read */
    ClusterPolicies policies(Duration patience) {
        return new ClusterPolicies(
                connection,
                "landwaiter",
                TrustedRoot::publicGood,
                Limits.defaults(),
                InstantSource.fixed(NOW),
                patience);
    }

    /** @param second of the time at which it was made */
    void create(PolicyKind kind, String namespace, String name, int second, Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion("landwaiter.dev/v1alpha1");
        object.setKind(kind.kind());
        object.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace.isEmpty() ? null : namespace)
                .withCreationTimestamp(NOW.plusSeconds(second).toString())
                .build());
        object.setAdditionalProperty("spec", spec);
        Object _ = admin.resource(object).create();
    }

    Resource<GenericKubernetesResource> resource(PolicyKind kind, String namespace, String name) {
        var all = admin.genericKubernetesResources(kind.resource());
        return namespace.isEmpty()
                ? all.withName(name)
                : all.inNamespace(namespace).withName(name);
    }

    void annotate(PolicyKind kind, String namespace, String name, String value) {
        Object _ = resource(kind, namespace, name).edit(object -> {
            object.getMetadata().setAnnotations(Map.of("note", value));
            return object;
        });
    }

    void configMap(String namespace, String name, Map<String, String> data, Map<String, String> annotations) {
        Object _ = admin.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .withAnnotations(annotations)
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    /** Its condition Ready. */
    JsonNode condition(PolicyKind kind, String namespace, String name) {
        return JSON.<JsonNode>valueToTree(resource(kind, namespace, name).get()).at("/status/conditions/0");
    }

    static Map<String, Object> spec(String glob, Map<String, Object> authority) {
        return Map.of("images", List.of(Map.of("glob", glob)), "authorities", List.of(authority));
    }

    static Map<String, Object> passing(String glob) {
        return spec(glob, Map.of("static", Map.of("action", "pass")));
    }

    static Optional<ImagePolicy> find(ClusterPolicies policies, String id) {
        return policies.current().policies().stream()
                .filter(policy -> policy.id().equals(id))
                .findFirst();
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for 30 s").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        connection.close();
        admin.close();
        try {
            api.destroy();
        } catch (IllegalStateException e) {
            // it sometimes waits 10 s in vain, for its port or for its event loops; what the test asserted is untouched
            // by that
            assertThat(e.getMessage()).isIn("Unable to close MockWebServer", "Unable to close Vertx");
        }
    }
}
