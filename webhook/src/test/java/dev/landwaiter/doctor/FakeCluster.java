package dev.landwaiter.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A cluster in which all is well, made of the manifests as they are shipped; a test breaks one thing of it. */
final class FakeCluster implements ClusterApi {
    static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MANIFESTS = Path.of("..", "manifests");
    private static final String KINDS = "clusterimagepolicies imagepolicies imagepolicyexceptions trustroots";

    /** By path: lists and objects. What is null is answered by 404. */
    private final Map<String, JsonNode> objects = new HashMap<>();

    private final Map<String, String> forbidden = new HashMap<>();
    final Set<String> deniedRights = new HashSet<>();
    final Set<String> grantedRights = new HashSet<>();
    final SelfSignedAuthority authority =
            new SelfSignedAuthority("test", Duration.ofDays(365), InstantSource.fixed(NOW));
    Instant date = NOW;
    Reply trial = new Reply(201, MissingNode.getInstance(), Optional.empty());
    private final Installation installation = Installation.named("landwaiter", "landwaiter");

    FakeCluster() {
        for (Part part : Part.values()) {
            put(part, "{items: []}");
        }
        List<JsonNode> webhooks = documents(MANIFESTS.resolve("webhooks/service/webhooks.yaml"));
        put(Part.MUTATING, list(webhooks.get(0)));
        put(Part.VALIDATING, list(webhooks.get(1)));
        put(
                Part.SERVICE,
                documents(MANIFESTS.resolve("webhooks/service/service.yaml")).getFirst());
        put(Part.SLICES, "{items: [{ports: [{port: 8443}], endpoints: [{conditions: {ready: true}}]}]}");
        ArrayNode guards = JSON.createArrayNode();
        ArrayNode bindings = JSON.createArrayNode();
        for (String file : List.of("opt-in-guard", "records-guard")) {
            for (JsonNode one : documents(MANIFESTS.resolve("base/" + file + ".yaml"))) {
                Object _ = (one.path("kind").asText().endsWith("Binding") ? bindings : guards).add(one);
            }
        }
        put(Part.GUARDS, JSON.createObjectNode().set("items", guards));
        put(Part.BINDINGS, JSON.createObjectNode().set("items", bindings));
        for (String kind : KINDS.split(" ", -1)) {
            ObjectNode definition = (ObjectNode)
                    documents(MANIFESTS.resolve("crds/" + kind + ".yaml")).getFirst();
            definition.set("status", yaml("{conditions: [{type: Established, status: 'True'}]}"));
            objects.put(
                    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + kind + ".landwaiter.dev", definition);
        }
        put(Part.NAMESPACES, """
                {items: [{metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop, landwaiter.dev/admission: enabled}}}]}
                """);
        put(Part.DEPLOYMENTS, """
                {items: [{metadata: {name: landwaiter, namespace: landwaiter}, status: {readyReplicas: 2}, spec: {replicas: 2,
                 selector: {matchLabels: {app: landwaiter}}, template: {metadata: {labels: {app: landwaiter}}, spec: {
                  serviceAccountName: landwaiter, containers: [{args: [webhook, --tls-secret=landwaiter-tls]}]}}}}]}
                """);
        put(Part.PODS, """
                {items: [{metadata: {name: landwaiter-1, labels: {app: landwaiter}}, spec: {nodeName: one}},
                         {metadata: {name: landwaiter-2, labels: {app: landwaiter}}, spec: {nodeName: two}}]}
                """);
        put(
                Part.BUDGETS,
                "{items: [{metadata: {name: landwaiter}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: landwaiter}}}}]}");
        put(
                Part.INJECTORS,
                "{items: [{metadata: {name: injector, namespace: cert-manager}, spec: {template: {spec: {containers: [{image: 'quay.io/jetstack/cert-manager-cainjector:v1.21.2'}]}}}}]}");
        serve(authority.issueServer(List.of("landwaiter.landwaiter.svc"), Duration.ofDays(30)));
        bundle(authority.certificatePem());
    }

    static JsonNode yaml(String text) {
        try {
            return new YAMLMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static List<JsonNode> documents(Path file) {
        try (var values = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return values.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode list(JsonNode one) {
        ObjectNode list = JSON.createObjectNode();
        Object _ = list.putArray("items").add(one);
        return list;
    }

    void put(Part part, String yaml) {
        put(part, yaml(yaml));
    }

    void put(Part part, JsonNode node) {
        objects.put(part.path(installation), node);
    }

    void remove(Part part) {
        objects.remove(part.path(installation));
    }

    void forbid(Part part) {
        forbidden.put(part.path(installation), "things is forbidden: User \"me\" cannot do that");
    }

    JsonNode node(Part part) {
        return objects.getOrDefault(part.path(installation), MissingNode.getInstance());
    }

    /** The only webhook of a configuration, to change it. */
    ObjectNode webhook(Part part) {
        return (ObjectNode) node(part).at("/items/0/webhooks/0");
    }

    /** Changes both alike. */
    void webhooks(Consumer<ObjectNode> change) {
        change.accept(webhook(Part.MUTATING));
        change.accept(webhook(Part.VALIDATING));
    }

    void bundle(String pem) {
        webhooks(one -> ((ObjectNode) one.path("clientConfig")).put("caBundle", base64(pem)));
    }

    void serve(ServingCertificate certificate) {
        ObjectNode secret = JSON.createObjectNode();
        Object _ = secret.putObject("data")
                .put("tls.crt", base64(certificate.chainPem()))
                .put("tls.key", base64(certificate.keyPem()));
        put(Part.SECRET, secret);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    List<DoctorFinding> findings(Optional<String> trialNamespace) {
        return Examination.of(
                        this,
                        new Examination.Asked(
                                Optional.empty(), "landwaiter", trialNamespace, "registry.example.com/a:1"),
                        InstantSource.fixed(NOW))
                .findings();
    }

    @Override
    public Reply get(String path) {
        String refusal = forbidden.get(path);
        if (refusal != null) {
            return new Reply(403, JSON.createObjectNode().put("message", refusal), Optional.of(date));
        }
        JsonNode node = objects.get(path);
        return node == null
                ? new Reply(404, MissingNode.getInstance(), Optional.of(date))
                : new Reply(200, node, Optional.of(date));
    }

    @Override
    public Reply post(String path, JsonNode body) {
        if (!path.contains("subjectaccessreviews")) {
            return trial;
        }
        if (forbidden.containsKey("rights")) {
            return new Reply(403, JSON.createObjectNode().put("message", "no reviews for you"), Optional.empty());
        }
        JsonNode asked = body.at("/spec/resourceAttributes");
        String right =
                asked.path("verb").asText() + " " + asked.path("resource").asText();
        boolean tooMuch =
                Set.of("list secrets", "create pods", "impersonate users").contains(right)
                        || right.startsWith("patch mutating")
                        || right.startsWith("patch validating")
                        || right.startsWith("update ");
        boolean allowed = grantedRights.contains(right) || (!tooMuch && !deniedRights.contains(right));
        ObjectNode answer = JSON.createObjectNode();
        Object _ = answer.putObject("status").put("allowed", allowed);
        return new Reply(201, answer, Optional.empty());
    }

    void forbidReviews() {
        forbidden.put("rights", "");
    }
}
