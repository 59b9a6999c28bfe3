package dev.landwaiter.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.catalog.Records;
import dev.landwaiter.check.Judgement;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.workload.Annotations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the annotations of one request's object that only the webhook writes: says what they should be, and refuses forged ones. What may
 * stand there was derived in this request, or belongs to what the request leaves as it was; all else goes, also from an object that is being
 * deleted, on which nothing is checked any more.
 */
record RecordKeeper(AdmissionRequest request, Slots slots) {
    /** Of an annotation's key, in characters: longer than any that the API server takes. */
    private static final int SHOWN = 320;

    /** The annotations as they should be once {@code derived} are in; all others of ours are to go. */
    Map<String, String> annotations(Records derived) {
        Map<String, String> old = written(request.oldObject());
        if (request.ofSubresource()) {
            // the API server drops changes of metadata here: what stands there stays
            return written(request.object());
        }
        Map<String, String> annotations = new LinkedHashMap<>();
        if (slots.unchanged()) {
            annotations.putAll(old);
            annotations.remove(Annotations.IMAGES);
            annotations.remove(Annotations.PLAN);
        }
        Records before = recordsIn(old);
        Records now = derived.with(before, slots.kept());
        // what nothing was taken from keeps its text, so that there is nothing to patch
        boolean whole = !now.isEmpty() && now.equals(before);
        annotations.putAll(whole ? Records.annotations(old.getOrDefault(Annotations.IMAGES, "")) : now.annotations());
        return annotations;
    }

    /** Denies where a record that stands in the object claims more than {@code derived} and the object as it was say. */
    void refuseOverclaims(Records derived, Judgement judgement) {
        if (request.ofSubresource()) {
            return;
        }
        Map<String, String> old = written(request.oldObject());
        Map<String, String> claimed = written(request.object());
        claimed.forEach((key, value) -> overclaim(key, value, claimed, old, derived)
                .ifPresent(what -> {
                    String path = "metadata.annotations[" + Shown.of(key, SHOWN) + "]";
                    judgement.deny(
                            path,
                            Code.RECORD_FORGED,
                            () -> path,
                            what
                                    + " claims more than was found out. Remove the annotation; only the webhook writes it.");
                }));
    }

    private Optional<String> overclaim(
            String key, String value, Map<String, String> claimed, Map<String, String> old, Records derived) {
        return switch (key) {
            case Annotations.IMAGES ->
                Records.parse(value)
                        .map(claims -> claims.firstOverclaim(derived, recordsIn(old), slots.kept())
                                .map(slot -> "its record of " + slot))
                        .orElse(Optional.of("it"));
            case Annotations.PLAN ->
                unless(Records.planOf(claimed.getOrDefault(Annotations.IMAGES, ""))
                        .equals(value));
            default -> unless(slots.unchanged() && value.equals(old.get(key)));
        };
    }

    private static Optional<String> unless(boolean fine) {
        return fine ? Optional.empty() : Optional.of("it");
    }

    private static Records recordsIn(Map<String, String> annotations) {
        String images = annotations.get(Annotations.IMAGES);
        return images == null ? Records.NONE : Records.parse(images).orElse(Records.NONE);
    }

    private static Map<String, String> written(JsonNode object) {
        Map<String, String> records = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> annotation :
                object.path("metadata").path("annotations").properties()) {
            if (Annotations.isRecord(annotation.getKey())) {
                records.put(annotation.getKey(), annotation.getValue().asText());
            }
        }
        return records;
    }
}
