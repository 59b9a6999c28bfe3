package dev.landwaiter.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.workload.ImageSlot;
import dev.landwaiter.workload.ImageSlotReader;
import dev.landwaiter.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The image slots of one request.
 *
 * @param toCheck whose image is new here
 * @param kept the keys of those that stay as they were, and keep their records
 * @param unchanged whether the object has just the slots that it had, with the same images
 */
record Slots(List<ImageSlot> toCheck, List<String> kept, boolean unchanged) {
    Slots {
        toCheck = List.copyOf(toCheck);
        kept = List.copyOf(kept);
    }

    static Slots of(AdmissionRequest request, ImageSlotReader images) {
        List<ImageSlot> slots = images.slots(request.object(), request.kind());
        if (!request.isUpdate()) {
            return new Slots(slots, List.of(), false);
        }
        Map<String, String> before = references(images, request.kind(), request.oldObject());
        List<ImageSlot> toCheck = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        for (ImageSlot slot : slots) {
            if (slot.reference().equals(before.get(slot.key()))) {
                kept.add(slot.key());
            } else if (!request.beingDeleted()) {
                toCheck.add(slot);
            }
        }
        return new Slots(toCheck, kept, kept.size() == slots.size() && kept.size() == before.size());
    }

    private static Map<String, String> references(ImageSlotReader images, WorkloadKind kind, JsonNode object) {
        Map<String, String> references = new HashMap<>();
        for (ImageSlot slot : images.slots(object, kind)) {
            references.put(slot.key(), slot.reference());
        }
        return references;
    }
}
