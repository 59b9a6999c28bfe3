package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what became of a policy, trust root or exception into its status: condition {@code Ready}, as its {@link Standing}
 * is. Needs the right to patch the {@code status} of each kind and nothing more.
 *
 * <p>Every replica may write: all write the same, only what differs, and only over the version that they read; whoever comes too late sees
 * the other's in the next event.
 */
final class ObjectStatusWriter implements AutoCloseable {
    /** Objects that are gone stay among them until then. */
    private static final int MOST_REMEMBERED = 10_000;

    /** After so long the same is written again where it is needed. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(ObjectStatusWriter.class);

    private final ClusterConnection cluster;
    private final InstantSource clock;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("policy-status").factory());

    /** What was written last, by object. */
    private final ConcurrentMap<Subject, Written> written = new ConcurrentHashMap<>();

    private record Written(String essence, Instant at) {}

    /** One object: made again, it is another. */
    private record Subject(PolicyKind kind, String namespace, String name, String uid) {
        Subject(PolicyKind kind, JsonNode metadata) {
            this(
                    kind,
                    metadata.path("namespace").asText(""),
                    metadata.path("name").asText(),
                    metadata.path("uid").asText(""));
        }

        @Override
        public String toString() {
            return kind.kind() + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
        }
    }

    ObjectStatusWriter(ClusterConnection cluster, InstantSource clock) {
        this.cluster = cluster;
        this.clock = clock;
    }

    /** Sees to it that the status of {@code object}, as it was read, says {@code standing}. Does not wait. */
    void write(PolicyKind kind, JsonNode object, Standing standing) {
        Optional<ObjectNode> patch = patch(object, standing, clock);
        Subject subject = new Subject(kind, object.path("metadata"));
        if (patch.isEmpty()) {
            return;
        }
        try {
            // whether it was written lately is asked in the writer's own order: an event of the last write may come
            // before its answer
            writer.execute(() -> {
                if (!writtenLately(subject, patch.get())) {
                    send(subject, patch.get());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The status of {} is not written: the program ends", subject, e);
        }
    }

    /** Whoever else writes this status, or keeps it from being as we write it, must not make us write without end. */
    private boolean writtenLately(Subject subject, ObjectNode patch) {
        Written last = written.get(subject);
        return last != null
                && last.essence().equals(essence(patch))
                && clock.instant().isBefore(last.at().plus(AGAIN));
    }

    /** What a patch says, whatever version it is for and whenever it was made. */
    private static String essence(ObjectNode patch) {
        ObjectNode condition = patch.path("status").path("conditions").path(0).deepCopy();
        return condition.without("lastTransitionTime").toString();
    }

    private void send(Subject subject, ObjectNode patch) {
        try {
            var all = cluster.client().genericKubernetesResources(subject.kind().resource());
            var one = subject.namespace().isEmpty()
                    ? all.withName(subject.name())
                    : all.inNamespace(subject.namespace()).withName(subject.name());
            Object _ = one.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
            if (written.size() >= MOST_REMEMBERED) {
                written.clear();
            }
            written.put(subject, new Written(essence(patch), clock.instant()));
        } catch (KubernetesClientException e) {
            // changed or gone in the meantime: an event with what it is now is on its way
            if (e.getCode() == 409 || e.getCode() == 404 || writer.isShutdown()) {
                LOG.debug("The status of {} was not written", subject, e);
            } else {
                LOG.warn(
                        "Could not write the status of {}: {}. It counts all the same; give the webhook's ServiceAccount the right to patch {}/status",
                        subject,
                        e.getMessage(),
                        subject.kind().plural());
            }
        }
    }

    /** The merge patch that makes the status of {@code object} say {@code standing}; empty where it does. */
    static Optional<ObjectNode> patch(JsonNode object, Standing standing, InstantSource clock) {
        JsonNode status = object.path("status");
        long generation = object.path("metadata").path("generation").asLong();
        JsonNode before = readyCondition(status);
        String word = standing.ready() ? "True" : "False";
        boolean right = status.path("observedGeneration").asLong() == generation
                && before.path("observedGeneration").asLong() == generation
                && word.equals(before.path("status").asText())
                && standing.reason().equals(before.path("reason").asText())
                && standing.message().equals(before.path("message").asText());
        if (right) {
            return Optional.empty();
        }
        String since = word.equals(before.path("status").asText())
                        && before.path("lastTransitionTime").isTextual()
                ? before.path("lastTransitionTime").asText()
                : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata")
                .put(
                        "resourceVersion",
                        object.path("metadata").path("resourceVersion").asText());
        ObjectNode next = patch.putObject("status").put("observedGeneration", generation);
        // a merge patch replaces the list as a whole; no one else writes conditions of this kind
        next.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", word)
                .put("reason", standing.reason())
                .put("message", standing.message())
                .put("observedGeneration", generation)
                .put("lastTransitionTime", since);
        return Optional.of(patch);
    }

    private static JsonNode readyCondition(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if ("Ready".equals(condition.path("type").asText())) {
                return condition;
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }

    @Override
    public void close() {
        Object _ = writer.shutdownNow();
    }
}
