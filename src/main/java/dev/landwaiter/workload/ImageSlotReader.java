package dev.landwaiter.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.List;

/** Finds the image slots of objects: one loop over the places of their kinds. */
public final class ImageSlotReader {
    /** Of a container or volume, in characters; the API server takes 63. */
    private static final int MAX_NAME = 253;

    private final Limits limits;

    public ImageSlotReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * The slots of {@code object} that name an image, in the order of its kind's places and of the lists. One without a reference is left to
     * the API server, which refuses it or lets a controller fill it in.
     *
     * @throws Failure {@code REVIEW_MALFORMED} where a list is no list, a reference no text, or a name none or that of two slots of one list;
     *     {@code LIMIT_EXCEEDED} for too many
     */
    public List<ImageSlot> slots(JsonNode object, WorkloadKind kind) {
        JsonNode spec = kind.spec().in(object);
        List<ImageSlot> slots = new ArrayList<>();
        for (ImagePlace place : kind.images()) {
            if (place.once()) {
                add(slots, spec, place, 0, kind.spec());
            } else {
                addEach(slots, spec, place, kind.spec());
            }
        }
        return slots;
    }

    private void addEach(List<ImageSlot> slots, JsonNode inSpec, ImagePlace place, FieldPath spec) {
        JsonNode list = inSpec.path(place.list());
        if (!list.isArray() && !list.isMissingNode() && !list.isNull()) {
            throw malformed(spec, place.list(), "a list");
        }
        int first = slots.size();
        for (int i = 0; i < list.size(); i++) {
            add(slots, list.get(i), place, i, spec);
        }
        checkNames(slots.subList(first, slots.size()), spec);
    }

    /** Adds the slot of {@code place} in {@code entry}, which is the spec itself where the place has no list. */
    private void add(List<ImageSlot> slots, JsonNode entry, ImagePlace place, int index, FieldPath spec) {
        JsonNode reference = entry;
        List<String> way = place.field().names();
        for (int i = 0; i < way.size(); i++) {
            if (!reference.isObject() && !reference.isNull() && !reference.isMissingNode()) {
                throw malformed(
                        spec, place.once() ? String.join(".", way.subList(0, i)) : entry(place, index), "an object");
            }
            reference = reference.path(way.get(i));
        }
        if (reference.isMissingNode() || reference.isNull()) {
            return;
        }
        if (!reference.isTextual()) {
            String field = place.field().text();
            throw malformed(spec, place.once() ? field : entry(place, index) + "." + field, "a text");
        }
        if (reference.textValue().isEmpty()) {
            return;
        }
        if (slots.size() == limits.count(Limit.IMAGES_PER_OBJECT)) {
            throw limits.exceeded(Limit.IMAGES_PER_OBJECT, "the object's images");
        }
        String name = place.once() ? "" : name(entry, place, index, spec);
        slots.add(new ImageSlot(place, index, name, reference.textValue(), spec));
    }

    private static String entry(ImagePlace place, int index) {
        return place.list() + "[" + index + "]";
    }

    /** The API server checks names only after it has asked, so any text may be one; records and messages repeat it. */
    private static String name(JsonNode entry, ImagePlace place, int index, FieldPath spec) {
        JsonNode name = entry.path("name");
        if (name.isMissingNode() || name.isNull()) {
            return "";
        }
        boolean good = name.isTextual() && Shown.of(name.textValue(), MAX_NAME).equals(name.textValue());
        if (!good) {
            throw malformed(spec, entry(place, index) + ".name", "a text of at most %d characters".formatted(MAX_NAME));
        }
        return name.textValue();
    }

    /** Two slots of one name would be one to whoever knows them by name, and share what is recorded of either. */
    private static void checkNames(List<ImageSlot> ofOneList, FieldPath spec) {
        for (int i = 1; i < ofOneList.size(); i++) {
            ImageSlot slot = ofOneList.get(i);
            for (ImageSlot earlier : ofOneList.subList(0, i)) {
                if (slot.name().equals(earlier.name())) {
                    String list = slot.place().list();
                    throw malformed(
                            spec,
                            "%s[%d].name".formatted(list, slot.index()),
                            "a name of its own, but that of %s[%d]".formatted(list, earlier.index()));
                }
            }
        }
    }

    private static Failure malformed(FieldPath spec, String where, String expected) {
        return new Failure(
                Code.REVIEW_MALFORMED,
                "Could not read %s of the object: it is not %s. Check what sent it."
                        .formatted(spec.then(where), expected));
    }
}
