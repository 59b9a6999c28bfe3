package dev.landwaiter.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.catalog.Annotations;
import dev.landwaiter.catalog.Records;
import dev.landwaiter.failure.Code;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps the annotations of one request's object that only the webhook writes: says what they should be, and refuses forged ones. */
record RecordKeeper(AdmissionRequest request, Slots slots) {
    /** The annotations as they should be once {@code derived} are in; all others of ours are to go. */
    Map<String, String> annotations(Records derived) {
        if (request.ephemeral()) {
            // the API server drops changes of metadata here: what stands there stays
            return written(request.object());
        }
        Map<String, String> old = written(request.oldObject());
        if (request.isUpdate() && slots.toCheck().isEmpty()) {
            return old;
        }
        Map<String, String> annotations = new LinkedHashMap<>(old);
        annotations.remove(Annotations.IMAGES);
        annotations.remove(Annotations.PLAN);
        annotations.putAll(derived.with(oldRecords(), slots.kept()).annotations());
        return annotations;
    }

    /** Denies where a record that stands in the object claims more than {@code derived} and the object as it was say. */
    void refuseOverclaims(Records derived, Judgement judgement) {
        if (request.ephemeral() || request.beingDeleted()) {
            return;
        }
        Map<String, String> old = written(request.oldObject());
        Map<String, String> claimed = written(request.object());
        claimed.forEach((key, value) -> {
            boolean unchanged = value.equals(old.get(key)) && derived.isEmpty();
            if (!unchanged) {
                overclaim(key, value, claimed, old, derived).ifPresent(what -> {
                    String path = "metadata.annotations[" + key + "]";
                    judgement.deny(
                            path,
                            Code.RECORD_FORGED,
                            path,
                            what
                                    + " claims more than was found out. Remove the annotation; only the webhook writes it.");
                });
            }
        });
    }

    private Optional<String> overclaim(
            String key, String value, Map<String, String> claimed, Map<String, String> old, Records derived) {
        return switch (key) {
            case Annotations.IMAGES ->
                Records.parse(value)
                        .map(claims -> claims.firstOverclaim(derived, oldRecords(), slots.kept())
                                .map(slot -> "its record of " + slot))
                        .orElse(Optional.of("it"));
            case Annotations.PLAN ->
                unless(Records.planOf(claimed.getOrDefault(Annotations.IMAGES, ""))
                        .equals(value));
            default -> unless(value.equals(old.get(key)));
        };
    }

    private static Optional<String> unless(boolean fine) {
        return fine ? Optional.empty() : Optional.of("it");
    }

    private Records oldRecords() {
        String old = written(request.oldObject()).get(Annotations.IMAGES);
        return old == null ? Records.NONE : Records.parse(old).orElse(Records.NONE);
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
