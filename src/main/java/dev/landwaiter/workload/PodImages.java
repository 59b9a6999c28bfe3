package dev.landwaiter.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.patch.JsonPointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the image slots of a pod spec: one loop over {@link ImageSlot.Kind}'s rows, wherever the spec stands. */
public final class PodImages {
    private static final Map<String, JsonPointer> POD_SPECS = Map.of(
            "Pod", pointer("spec"),
            "PodTemplate", pointer("template", "spec"),
            "Deployment", pointer("spec", "template", "spec"),
            "ReplicaSet", pointer("spec", "template", "spec"),
            "ReplicationController", pointer("spec", "template", "spec"),
            "StatefulSet", pointer("spec", "template", "spec"),
            "DaemonSet", pointer("spec", "template", "spec"),
            "Job", pointer("spec", "template", "spec"),
            "CronJob", pointer("spec", "jobTemplate", "spec", "template", "spec"));

    private final Limits limits;

    public PodImages(Limits limits) {
        this.limits = limits;
    }

    private static JsonPointer pointer(String... parts) {
        JsonPointer pointer = JsonPointer.ROOT;
        for (String part : parts) {
            pointer = pointer.child(part);
        }
        return pointer;
    }

    /** Where an object of {@code kind} has its pod spec; empty for a kind that has none. */
    public static Optional<JsonPointer> podSpec(String kind) {
        return Optional.ofNullable(POD_SPECS.get(kind));
    }

    /**
     * The slots of the pod spec at {@code spec} that name an image, in the order of the kinds and of the lists. One without a
     * reference is left to the API server, which refuses it or lets a controller fill it in.
     *
     * @throws Failure {@code REVIEW_MALFORMED} where a list is no list or a reference no text, {@code LIMIT_EXCEEDED} for too many
     */
    public List<ImageSlot> slots(JsonNode object, JsonPointer spec) {
        JsonNode podSpec = object.at(spec.text());
        List<ImageSlot> slots = new ArrayList<>();
        for (ImageSlot.Kind kind : ImageSlot.Kind.values()) {
            JsonNode list = podSpec.path(kind.list());
            if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
                throw malformed(spec, kind.list(), "a list");
            }
            for (int i = 0; i < list.size(); i++) {
                add(slots, list.get(i), kind, i, spec);
            }
        }
        return slots;
    }

    private void add(List<ImageSlot> slots, JsonNode entry, ImageSlot.Kind kind, int index, JsonPointer spec) {
        JsonNode reference = entry;
        for (String part : kind.field().split("\\.", -1)) {
            if (!reference.isObject() && !reference.isNull() && !reference.isMissingNode()) {
                throw malformed(spec, kind.list() + "[" + index + "]", "an object");
            }
            reference = reference.path(part);
        }
        if (reference.isMissingNode() || reference.isNull()) {
            return;
        }
        if (!reference.isTextual()) {
            throw malformed(spec, kind.list() + "[" + index + "]." + kind.field(), "a text");
        }
        if (reference.textValue().isEmpty()) {
            return;
        }
        if (slots.size() == limits.count(Limit.IMAGES_PER_OBJECT)) {
            throw limits.exceeded(Limit.IMAGES_PER_OBJECT, "the object's images");
        }
        slots.add(new ImageSlot(kind, index, entry.path("name").asText(""), reference.textValue(), spec));
    }

    private static Failure malformed(JsonPointer spec, String where, String expected) {
        return new Failure(
                Code.REVIEW_MALFORMED,
                "Could not read %s.%s of the object: it is not %s. Check what sent it."
                        .formatted(spec.text().substring(1).replace('/', '.'), where, expected));
    }
}
