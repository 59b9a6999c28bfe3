package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what became of a policy, trust root or exception into its status: condition {@code Ready}, as its {@link Standing}
 * is. Needs the right to patch the {@code status} of each kind and nothing more.
 *
 * <p>Every replica may write: all write the same, only what differs, and only over the version that they read; whoever comes too late sees
 * the other's in the next event. Objects of the cluster come first, those of namespaces in turn.
 */
final class ObjectStatusWriter implements Statuses {
    private static final int MOST_REMEMBERED = 10_000;

    /** After so long the same is written again where it is needed. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(ObjectStatusWriter.class);

    private final ClusterConnection cluster;
    private final InstantSource clock;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("policy-status").factory());

    /** What was written last, by object. Objects that are gone are among them until others take their place. */
    private final Cache<Subject, Written> written = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .executor(Runnable::run)
            .build();

    /** What is to be written, by namespace and object: of each object only the latest. */
    private final Map<String, Map<Subject, ObjectNode>> waiting = new LinkedHashMap<>();

    private final AtomicBoolean scheduled = new AtomicBoolean();

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
    @Override
    public void write(PolicyKind kind, JsonNode object, Standing standing) {
        Subject subject = new Subject(kind, object.path("metadata"));
        put(subject, patch(object, standing, clock).orElse(null));
        try {
            if (scheduled.compareAndSet(false, true)) {
                writer.execute(this::writeAll);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("The status of {} is not written: the program ends", subject, e);
        }
    }

    private synchronized void put(Subject subject, @Nullable ObjectNode patch) {
        Map<Subject, ObjectNode> ofNamespace = waiting.computeIfAbsent(subject.namespace(), _ -> new LinkedHashMap<>());
        if (patch == null) {
            // what waits is of an earlier moment
            ObjectNode _ = ofNamespace.remove(subject);
        } else {
            ObjectNode _ = ofNamespace.put(subject, patch);
        }
        if (ofNamespace.isEmpty()) {
            Map<Subject, ObjectNode> _ = waiting.remove(subject.namespace());
        }
    }

    private record Next(Subject subject, ObjectNode patch) {}

    /** An object of the cluster if there is one, else one of the namespace whose turn it is. */
    private synchronized Optional<Next> next() {
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        String namespace =
                waiting.containsKey("") ? "" : waiting.keySet().iterator().next();
        Map<Subject, ObjectNode> ofNamespace = Objects.requireNonNull(waiting.remove(namespace));
        Iterator<Map.Entry<Subject, ObjectNode>> all = ofNamespace.entrySet().iterator();
        Map.Entry<Subject, ObjectNode> first = all.next();
        Next next = new Next(first.getKey(), first.getValue());
        all.remove();
        if (!ofNamespace.isEmpty()) {
            waiting.put(namespace, ofNamespace);
        }
        return Optional.of(next);
    }

    private void writeAll() {
        scheduled.set(false);
        for (Optional<Next> next = next(); next.isPresent() && !writer.isShutdown(); next = next()) {
            // whether it was written lately is asked in the writer's own order: an event of the last write may come
            // before its answer
            if (!writtenLately(next.get().subject(), next.get().patch())) {
                send(next.get().subject(), next.get().patch());
            }
        }
    }

    /** Whoever else writes this status, or keeps it from being as we write it, must not make us write without end. */
    private boolean writtenLately(Subject subject, ObjectNode patch) {
        Written last = written.getIfPresent(subject);
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
