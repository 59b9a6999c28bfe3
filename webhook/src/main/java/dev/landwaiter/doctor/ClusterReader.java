package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Looks at everything once. What may not be looked at is noted, and the rest goes on. */
final class ClusterReader {
    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    private final ClusterApi api;
    private final InstantSource clock;
    private Optional<Duration> skew = Optional.empty();

    ClusterReader(ClusterApi api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    Snapshot read(Examination.Asked asked) {
        Map<Part, Look> parts = new EnumMap<>(Part.class);
        Installation none = Installation.named(asked.configuration().orElse("landwaiter"), asked.ownNamespace());
        look(Part.MUTATING, none, parts);
        look(Part.VALIDATING, none, parts);
        Map<String, JsonNode> found = new TreeMap<>();
        for (Part part : List.of(Part.MUTATING, Part.VALIDATING)) {
            for (JsonNode one : answer(parts, part).items()) {
                if (isOurs(one)) {
                    found.putIfAbsent(one.path("metadata").path("name").asText(), one);
                }
            }
        }
        String name = asked.configuration()
                .orElse(
                        found.containsKey("landwaiter") || found.isEmpty()
                                ? "landwaiter"
                                : found.keySet().iterator().next());
        Installation first = configured(parts, name)
                .map(one -> Installation.of(one, asked.ownNamespace()))
                .orElse(Installation.named(name, asked.ownNamespace()));
        look(Part.DEPLOYMENTS, first, parts);
        Installation installation = first.with(answer(parts, Part.DEPLOYMENTS).items());
        for (Part part : Part.values()) {
            if (!parts.containsKey(part) && (installation.isInCluster() || !part.isOfReplicas())) {
                look(part, installation, parts);
            }
        }
        Map<Right, Boolean> rights = new LinkedHashMap<>();
        Optional<String> rightsUnseen = readRights(installation, rights);
        Set<String> others =
                found.keySet().stream().filter(other -> !other.equals(name)).collect(Collectors.toSet());
        Optional<Snapshot.Trial> trial = asked.trialNamespace().map(namespace -> trial(namespace, asked.image()));
        return new Snapshot(installation, others, parts, rights, rightsUnseen, trial, clock.instant(), skew);
    }

    /** By its labels, or by the names of its webhooks where somebody took them away. */
    private static boolean isOurs(JsonNode configuration) {
        JsonNode labels = configuration.path("metadata").path("labels");
        if (labels.path("app.kubernetes.io/name").asText().equals("landwaiter")
                || labels.path("app.kubernetes.io/part-of").asText().equals("landwaiter")) {
            return true;
        }
        String webhook = configuration.path("webhooks").path(0).path("name").asText();
        return webhook.equals("mutate.landwaiter.dev") || webhook.equals("validate.landwaiter.dev");
    }

    private static Optional<JsonNode> configured(Map<Part, Look> parts, String name) {
        return answer(parts, Part.MUTATING).items().stream()
                .filter(one -> one.path("metadata").path("name").asText().equals(name))
                .findFirst()
                .or(() -> answer(parts, Part.VALIDATING).items().stream()
                        .filter(one ->
                                one.path("metadata").path("name").asText().equals(name))
                        .findFirst());
    }

    private static Look answer(Map<Part, Look> parts, Part part) {
        return parts.getOrDefault(part, new Look.Absent());
    }

    private void look(Part part, Installation installation, Map<Part, Look> parts) {
        Instant before = clock.instant();
        ClusterApi.Reply reply = api.get(part.path(installation));
        // a date has whole seconds; the first answer is near enough
        if (skew.isEmpty()) {
            skew = reply.date().map(there -> Duration.between(before, there));
        }
        parts.put(part, answer(reply));
    }

    private static Look answer(ClusterApi.Reply reply) {
        if (reply.isGood()) {
            return new Look.Seen(reply.body());
        }
        return reply.status() == NOT_FOUND ? new Look.Absent() : new Look.Unseen(reply.words());
    }

    private Optional<String> readRights(Installation installation, Map<Right, Boolean> rights) {
        for (Right right : Right.of(installation)) {
            ClusterApi.Reply reply = api.post(REVIEWS, review(installation, right));
            if (!reply.isGood()) {
                return Optional.of(reply.words());
            }
            rights.put(right, reply.body().path("status").path("allowed").asBoolean());
        }
        return Optional.empty();
    }

    private static ObjectNode review(Installation installation, Right right) {
        ObjectNode review = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", "authorization.k8s.io/v1")
                .put("kind", "SubjectAccessReview");
        ObjectNode spec = review.putObject("spec")
                .put("user", "system:serviceaccount:%s:%s".formatted(installation.namespace(), installation.account()));
        spec.putArray("groups")
                .add("system:serviceaccounts")
                .add("system:serviceaccounts:" + installation.namespace())
                .add("system:authenticated");
        String[] resource = right.resource().split("/", -1);
        ObjectNode attributes = spec.putObject("resourceAttributes")
                .put("verb", right.verb())
                .put("group", right.group())
                .put("resource", resource[0]);
        if (resource.length > 1) {
            attributes.put("subresource", resource[1]);
        }
        if (!right.namespace().isEmpty()) {
            attributes.put("namespace", right.namespace());
        }
        if (!right.name().isEmpty()) {
            attributes.put("name", right.name());
        }
        return review;
    }

    private Snapshot.Trial trial(String namespace, String image) {
        ClusterApi.Reply reply = api.post("/api/v1/namespaces/%s/pods?dryRun=All".formatted(namespace), pod(image));
        return new Snapshot.Trial(namespace, image, reply);
    }

    /** It would be taken under the restricted Pod security standard. */
    private static ObjectNode pod(String image) {
        ObjectNode pod =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode _ = pod.putObject("metadata").put("generateName", "landwaiter-doctor-");
        ObjectNode spec = pod.putObject("spec");
        ObjectNode context = spec.putObject("securityContext").put("runAsNonRoot", true);
        ObjectNode _ = context.putObject("seccompProfile").put("type", "RuntimeDefault");
        ObjectNode container =
                spec.putArray("containers").addObject().put("name", "main").put("image", image);
        ObjectNode inner = container.putObject("securityContext").put("allowPrivilegeEscalation", false);
        Object _ = inner.putObject("capabilities").putArray("drop").add("ALL");
        return pod;
    }

    /** Whether {@code reply} says that whoever asks lacks the right. */
    static boolean isForbidden(ClusterApi.Reply reply) {
        return reply.status() == FORBIDDEN && reply.words().contains("cannot create resource");
    }
}
