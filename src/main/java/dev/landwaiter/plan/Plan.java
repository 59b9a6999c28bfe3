package dev.landwaiter.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.patch.PatchOperation;
import dev.landwaiter.workload.Annotations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What to change in one object, in the order in which it becomes a patch. Planned again on its own result it is empty. */
public record Plan(List<Mutation> mutations) {
    private static final JsonPointer METADATA = JsonPointer.ROOT.child("metadata");
    private static final JsonPointer ANNOTATIONS = METADATA.child("annotations");

    public Plan {
        mutations = List.copyOf(mutations);
    }

    /**
     * The plan that makes {@code object} as it should be.
     *
     * @param pins as far as they change anything
     * @param records the whole of the annotations that only the webhook writes, as they should be
     */
    public static Plan of(JsonNode object, List<Mutation.Pin> pins, Map<String, String> records) {
        List<Mutation> mutations = new ArrayList<>(pins);
        JsonNode annotations = object.path("metadata").path("annotations");
        for (Map.Entry<String, JsonNode> annotation : annotations.properties()) {
            if (Annotations.isRecord(annotation.getKey()) && !records.containsKey(annotation.getKey())) {
                mutations.add(new Mutation.Strip(annotation.getKey()));
            }
        }
        records.forEach((key, value) -> {
            if (!value.equals(annotations.path(key).textValue())) {
                mutations.add(new Mutation.Annotate(key, value));
            }
        });
        return new Plan(mutations);
    }

    /** The patch of {@code object}, for which this was planned. */
    public JsonPatch patch(JsonNode object) {
        if (mutations.isEmpty()) {
            return JsonPatch.EMPTY;
        }
        List<PatchOperation> operations = new ArrayList<>();
        ObjectNode missing = null;
        if (!object.path("metadata").path("annotations").isObject()) {
            missing = JsonNodeFactory.instance.objectNode();
        }
        for (Mutation mutation : mutations) {
            switch (mutation) {
                case Mutation.Pin pin ->
                    operations.add(new PatchOperation.Replace(pin.slot().pointer(), TextNode.valueOf(pin.reference())));
                case Mutation.Strip strip -> operations.add(new PatchOperation.Remove(ANNOTATIONS.child(strip.key())));
                case Mutation.Annotate annotate -> {
                    if (missing != null) {
                        missing.put(annotate.key(), annotate.value());
                    } else {
                        operations.add(new PatchOperation.Add(
                                ANNOTATIONS.child(annotate.key()), TextNode.valueOf(annotate.value())));
                    }
                }
            }
        }
        if (missing != null && !missing.isEmpty()) {
            addMissing(operations, object, missing);
        }
        return new JsonPatch(operations);
    }

    private static void addMissing(List<PatchOperation> operations, JsonNode object, ObjectNode annotations) {
        if (object.path("metadata").isObject()) {
            operations.add(new PatchOperation.Add(ANNOTATIONS, annotations));
        } else {
            ObjectNode metadata = JsonNodeFactory.instance.objectNode();
            metadata.set("annotations", annotations);
            operations.add(new PatchOperation.Add(METADATA, metadata));
        }
    }
}
