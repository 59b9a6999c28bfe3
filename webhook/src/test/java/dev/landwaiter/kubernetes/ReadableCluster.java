package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** fabric8's API server in memory for people who look at it with a kubeconfig, and who may lack rights. It tells what they asked. */
public final class ReadableCluster implements AutoCloseable {
    private final Dispatcher dispatcher = new Dispatcher();
    private final KubernetesMockServer api =
            new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), dispatcher, false);
    private final KubernetesClient admin;

    /** Answers as an API server does, but for what is refused. */
    private static final class Dispatcher extends KubernetesCrudDispatcher {
        private final Map<String, Integer> refused = new ConcurrentHashMap<>();
        private final Queue<String> asked = new ConcurrentLinkedQueue<>();

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            String path = request.getPath();
            boolean _ = asked.add(request.method() + " " + path);
            for (Map.Entry<String, Integer> one : refused.entrySet()) {
                if (path.contains("/" + one.getKey())) {
                    return new MockResponse()
                            .setResponseCode(one.getValue())
                            .setBody(
                                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"%s\"},\"code\":%d}"
                                            .formatted(one.getKey().replaceAll("/.*", ""), one.getValue()));
                }
            }
            return super.dispatch(request);
        }
    }

    public ReadableCluster() {
        api.init();
        MockCluster.expectOurKinds(api);
        this.admin = api.createClient();
    }

    /** Writes a kubeconfig that leads here, and forgets what was asked. */
    public String kubeconfig(Path folder) {
        Path file = folder.resolve("kubeconfig");
        try {
            Files.writeString(file, """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: mock, cluster: {server: "%s"}}]
                    users: [{name: person, user: {token: mine}}]
                    contexts: [{name: mock, context: {cluster: mock, user: person}}]
                    current-context: mock
                    """.formatted(address()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dispatcher.asked.clear();
        return file.toString();
    }

    public String address() {
        return admin.getMasterUrl().toString();
    }

    /** From now on whatever is asked of these resources is answered with {@code status}. */
    public void refuse(int status, String... resources) {
        for (String resource : resources) {
            dispatcher.refused.put(resource, status);
        }
    }

    public void allowAll() {
        dispatcher.refused.clear();
    }

    /** What was asked, as {@code GET /api/v1/namespaces/shop}. */
    public List<String> asked() {
        return List.copyOf(dispatcher.asked);
    }

    public void namespace(String name, Map<String, String> labels) {
        Object _ = admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    public void secret(String namespace, String name, Map<String, String> texts) {
        Object _ = admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withData(encoded(texts))
                        .build())
                .create();
    }

    private static Map<String, String> encoded(Map<String, String> texts) {
        Map<String, String> encoded = new HashMap<>();
        texts.forEach((key, text) -> encoded.put(
                key,
                java.util.Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        return encoded;
    }

    public void clusterImagePolicy(String name, Map<String, Object> spec) {
        create(PolicyKind.CLUSTER_IMAGE_POLICY, "", name, spec);
    }

    public void imagePolicy(String namespace, String name, Map<String, Object> spec) {
        create(PolicyKind.IMAGE_POLICY, namespace, name, spec);
    }

    public void exception(String name, Map<String, Object> spec) {
        create(PolicyKind.IMAGE_POLICY_EXCEPTION, "", name, spec);
    }

    public void trustRoot(String name, Map<String, Object> spec) {
        create(PolicyKind.TRUST_ROOT, "", name, spec);
    }

    private void create(PolicyKind kind, String namespace, String name, Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion("landwaiter.dev/v1alpha1");
        object.setKind(kind.kind());
        object.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace.isEmpty() ? null : namespace)
                .withUid(kind + "-" + namespace + "-" + name)
                .withCreationTimestamp("2026-11-21T10:00:00Z")
                .build());
        object.setAdditionalProperty("spec", spec);
        Object _ = admin.resource(object).create();
    }

    /** Deletes all objects of ours. */
    public void clear() {
        for (PolicyKind kind : PolicyKind.values()) {
            Object _ = admin.genericKubernetesResources(kind.resource())
                    .inAnyNamespace()
                    .delete();
        }
    }

    /** The kinds of ours, as RBAC rules name them. */
    public static Set<String> resources() {
        return Set.of("clusterimagepolicies", "imagepolicies", "imagepolicyexceptions", "trustroots");
    }

    @Override
    public void close() {
        admin.close();
        try {
            api.destroy();
        } catch (IllegalStateException e) {
            // as in MockCluster: what the test asserted is untouched by a server that closes slowly
            if (!Set.of("Unable to close MockWebServer", "Unable to close Vertx")
                    .contains(e.getMessage())) {
                throw e;
            }
        }
    }
}
