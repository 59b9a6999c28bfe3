package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.limit.Limits;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * fabric8's API server in memory for certificates: it knows server-side apply of a {@code caBundle}, which fabric8's does not, and that the caller is
 * the ServiceAccount {@code controller}.
 */
public final class CertificatesApi implements AutoCloseable {
    public static final String NAMESPACE = "landwaiter-system";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Answering answering = new Answering();
    private final KubernetesMockServer api =
            new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), answering, false);
    private final KubernetesClient admin;

    private static final class Answering extends KubernetesCrudDispatcher {
        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        private final Queue<String> applied = new ConcurrentLinkedQueue<>();

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            if (refused.stream().anyMatch(request.getPath()::contains)) {
                return new MockResponse()
                        .setResponseCode(403)
                        .setBody("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":403}");
            }
            if (request.getPath().endsWith("/selfsubjectreviews")) {
                return new MockResponse().setResponseCode(201).setBody("""
                        {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "status": {"userInfo":
                          {"username": "system:serviceaccount:landwaiter-system:controller", "uid": "u-1"}}}""");
            }
            String type = String.valueOf(request.getHeader("Content-Type"));
            return type.startsWith("application/apply-patch") ? apply(request) : super.dispatch(request);
        }

        /** Each webhook is found by its name, and nothing else of it changes. */
        private MockResponse apply(RecordedRequest request) {
            String body = request.getUtf8Body();
            String path = request.getPath().replaceAll("\\?.*", "");
            boolean _ = applied.add(request.getPath() + " " + body);
            try {
                JsonNode wanted = JSON.readTree(body);
                JsonNode now = JSON.readTree(
                        super.dispatch(as(HttpMethod.GET, path, "")).getBody().readUtf8());
                if (!now.at("/metadata/resourceVersion").equals(wanted.at("/metadata/resourceVersion"))) {
                    return conflict();
                }
                for (JsonNode webhook : now.path("webhooks")) {
                    for (JsonNode one : wanted.path("webhooks")) {
                        if (one.path("name").equals(webhook.path("name"))) {
                            JsonNode _ = webhook.withObject("/clientConfig")
                                    .set("caBundle", one.at("/clientConfig/caBundle"));
                        }
                    }
                }
                return super.dispatch(as(HttpMethod.PUT, path, now.toString()));
            } catch (JsonProcessingException e) {
                throw new AssertionError(body, e);
            }
        }

        private static RecordedRequest as(HttpMethod method, String path, String body) {
            return new RecordedRequest(
                    "HTTP/1.1",
                    method,
                    path,
                    Headers.builder().add("Content-Type", "application/json").build(),
                    new Buffer(body.getBytes(StandardCharsets.UTF_8)));
        }

        private static MockResponse conflict() {
            return new MockResponse()
                    .setResponseCode(409)
                    .setBody("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":409}");
        }
    }

    public CertificatesApi() {
        api.init();
        MockCluster.expectOurKinds(api);
        this.admin = api.createClient();
    }

    public KubernetesClient admin() {
        return admin;
    }

    /** A connection of a process of its own. */
    public ClusterConnection connect() {
        return ClusterConnection.of(admin.getConfiguration(), Limits.defaults());
    }

    /** A kubeconfig that leads here. */
    public String kubeconfig(Path folder) {
        try {
            return Files.writeString(folder.resolve("kubeconfig"), """
                            apiVersion: v1
                            kind: Config
                            clusters: [{name: mock, cluster: {server: "%s"}}]
                            users: [{name: us, user: {token: ours}}]
                            contexts: [{name: mock, context: {cluster: mock, user: us}}]
                            current-context: mock
                            """.formatted(admin.getMasterUrl()))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requests whose path holds {@code part} are refused from now on. */
    public void refuse(String part) {
        boolean _ = answering.refused.add(part);
    }

    /** Every server-side apply: its path with the query, and its body. */
    public List<String> applied() {
        return List.copyOf(answering.applied);
    }

    /** Both configurations, with {@code caBundle} in PEM. */
    public void configurations(String name, String caBundle) {
        String bundle = encoded(caBundle);
        MutatingWebhook mutating = new MutatingWebhook();
        ValidatingWebhook validating = new ValidatingWebhook();
        mutating.setName("mutate.landwaiter.dev");
        validating.setName("validate.landwaiter.dev");
        var service = new WebhookClientConfigBuilder()
                .withNewService()
                .withName("landwaiter")
                .withNamespace(NAMESPACE)
                .endService()
                .withCaBundle(bundle)
                .build();
        mutating.setClientConfig(service);
        validating.setClientConfig(service);
        Object _ = admin.resource(new MutatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withWebhooks(mutating)
                        .build())
                .createOr(NonDeletingOperation::update);
        Object _ = admin.resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withWebhooks(validating)
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    /** The bundles of both configurations, in PEM; {@code ""} where there is none. */
    public List<String> bundles(String name) {
        var group = admin.admissionRegistration().v1();
        return Stream.of(
                        group.mutatingWebhookConfigurations()
                                .withName(name)
                                .get()
                                .getWebhooks()
                                .getFirst()
                                .getClientConfig(),
                        group.validatingWebhookConfigurations()
                                .withName(name)
                                .get()
                                .getWebhooks()
                                .getFirst()
                                .getClientConfig())
                .map(client -> client.getCaBundle() == null
                        ? ""
                        : new String(Base64.getDecoder().decode(client.getCaBundle()), StandardCharsets.US_ASCII))
                .toList();
    }

    public void secret(String name, Map<String, String> texts) {
        Map<String, String> data = new HashMap<>();
        texts.forEach((key, text) -> data.put(key, encoded(text)));
        Object _ = admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName(name)
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    /** The Secret, or {@code null}. */
    public Secret findSecret(String name) {
        return admin.secrets().inNamespace(NAMESPACE).withName(name).get();
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    public static void await(BooleanSupplier condition) {
        MockCluster.await(condition);
    }

    @Override
    public void close() {
        admin.close();
        try {
            api.destroy();
        } catch (IllegalStateException e) {
            // as in MockCluster: it sometimes waits 10 s in vain
            return;
        }
    }
}
