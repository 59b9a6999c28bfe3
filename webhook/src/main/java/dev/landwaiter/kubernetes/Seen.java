package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.policy.Mode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An object of ours at one moment.
 *
 * @param object as the watch has it
 */
record Seen(GenericKubernetesResource object) {
    private static final Logger LOG = LoggerFactory.getLogger(Seen.class);
    private static final ObjectMapper TREES = new ObjectMapper();

    private static final String SPEC = "spec";

    String name() {
        return text(metadata().getName());
    }

    /** {@code ""} for an object of the cluster. */
    String namespace() {
        return text(metadata().getNamespace());
    }

    /** {@code name} or {@code namespace/name}. */
    String key() {
        return namespace().isEmpty() ? name() : namespace() + "/" + name();
    }

    /** One that is made again has another. */
    String uid() {
        return text(metadata().getUid());
    }

    /** When it was made: as texts in the order of time. */
    String created() {
        return text(metadata().getCreationTimestamp());
    }

    private ObjectMeta metadata() {
        return object.getMetadata();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Whether {@code other} is this object at a moment when nothing was different, not even its status. */
    @SuppressWarnings(
            "ReferenceEquality") // equal objects are compared by what the API server numbers them with, which is
    // quicker
    boolean same(Seen other) {
        return object == other.object
                || (uid().equals(other.uid())
                        && Objects.equals(
                                metadata().getResourceVersion(),
                                other.metadata().getResourceVersion()));
    }

    /** Whether {@code other} is this object and says what this one says, whatever its status and annotations. */
    boolean sameContent(Seen other) {
        return uid().equals(other.uid()) && Objects.equals(spec(), other.spec());
    }

    private @Nullable Object spec() {
        return object.getAdditionalProperties().get(SPEC);
    }

    /** The mode that its spec names; the strictest where it names none that there is. */
    Mode mode() {
        Object mode = spec() instanceof Map<?, ?> spec ? spec.get("mode") : null;
        return "audit".equals(mode) ? Mode.AUDIT : "warn".equals(mode) ? Mode.WARN : Mode.ENFORCE;
    }

    /** The whole of it; one that can't be made a tree has no spec. */
    JsonNode tree() {
        try {
            return TREES.valueToTree(object);
        } catch (RuntimeException | StackOverflowError e) {
            // it is read as an object that says nothing, which refuses; the others are read all the same
            LOG.error("could not read {} {}: a mistake of our own", object.getKind(), key(), e);
            return head();
        }
    }

    /** What its status rests on, without its spec. */
    ObjectNode head() {
        ObjectNode head = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", object.getApiVersion())
                .put("kind", object.getKind());
        ObjectNode metadata = head.putObject("metadata")
                .put("name", name())
                .put("uid", uid())
                .put("resourceVersion", metadata().getResourceVersion());
        if (!namespace().isEmpty()) {
            metadata.put("namespace", namespace());
        }
        if (metadata().getGeneration() != null) {
            metadata.put("generation", metadata().getGeneration());
        }
        Object status = object.getAdditionalProperties().get("status");
        if (status != null) {
            head.set("status", TREES.valueToTree(status));
        }
        return head;
    }
}
