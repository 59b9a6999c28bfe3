package dev.landwaiter.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
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

    /** Of a container or volume, in characters; the API server takes 63. */
    private static final int MAX_NAME = 253;

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
     * @throws Failure {@code REVIEW_MALFORMED} where a list is no list, a reference no text, or a name none or that of two slots of one list;
     *     {@code LIMIT_EXCEEDED} for too many
     */
    public List<ImageSlot> slots(JsonNode object, JsonPointer spec) {
        JsonNode podSpec = object.at(spec.text());
        List<ImageSlot> slots = new ArrayList<>();
        for (ImageSlot.Kind kind : ImageSlot.Kind.values()) {
            JsonNode list = podSpec.path(kind.list());
            if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
                throw malformed(spec, kind.list(), "a list");
            }
            int first = slots.size();
            for (int i = 0; i < list.size(); i++) {
                add(slots, list.get(i), kind, i, spec);
            }
            checkNames(slots.subList(first, slots.size()), spec);
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
        slots.add(new ImageSlot(kind, index, name(entry, kind, index, spec), reference.textValue(), spec));
    }

    /** The API server checks names only after it has asked, so any text may be one; records and messages repeat it. */
    private static String name(JsonNode entry, ImageSlot.Kind kind, int index, JsonPointer spec) {
        JsonNode name = entry.path("name");
        if (name.isMissingNode() || name.isNull()) {
            return "";
        }
        boolean good = name.isTextual() && Shown.of(name.textValue(), MAX_NAME).equals(name.textValue());
        if (!good) {
            throw malformed(
                    spec, kind.list() + "[" + index + "].name", "a text of at most %d characters".formatted(MAX_NAME));
        }
        return name.textValue();
    }

    /** Two slots of one name would be one to whoever knows them by name, and share what is recorded of either. */
    private static void checkNames(List<ImageSlot> ofOneKind, JsonPointer spec) {
        for (int i = 1; i < ofOneKind.size(); i++) {
            ImageSlot slot = ofOneKind.get(i);
            for (ImageSlot earlier : ofOneKind.subList(0, i)) {
                if (slot.name().equals(earlier.name())) {
                    String list = slot.kind().list();
                    throw malformed(
                            spec,
                            "%s[%d].name".formatted(list, slot.index()),
                            "a name of its own, but that of %s[%d]".formatted(list, earlier.index()));
                }
            }
        }
    }

    private static Failure malformed(JsonPointer spec, String where, String expected) {
        return new Failure(
                Code.REVIEW_MALFORMED,
                "Could not read %s.%s of the object: it is not %s. Check what sent it."
                        .formatted(spec.text().substring(1).replace('/', '.'), where, expected));
    }
}
