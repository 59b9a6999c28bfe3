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
    static final JsonPointer ANNOTATIONS = METADATA.child("annotations");

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

    /** This plan, and after it {@code more}. */
    public Plan and(List<? extends Mutation> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Mutation> all = new ArrayList<>(mutations);
        all.addAll(more);
        return new Plan(all);
    }

    /**
     * The patch of {@code object}, for which this was planned.
     *
     * @throws dev.landwaiter.failure.Failure {@code REVIEW_MALFORMED} where the object has something else where a list or an object is to be
     */
    public JsonPatch patch(JsonNode object) {
        if (mutations.isEmpty()) {
            return JsonPatch.EMPTY;
        }
        int simple = 0;
        while (simple < mutations.size() && ofKnownPlace(mutations.get(simple))) {
            simple++;
        }
        List<PatchOperation> operations = operations(mutations.subList(0, simple), object);
        if (simple == mutations.size()) {
            return new JsonPatch(operations);
        }
        TreeEditor editor = new TreeEditor(new JsonPatch(operations).applyTo(object));
        mutations.subList(simple, mutations.size()).forEach(editor::apply);
        operations.addAll(editor.operations());
        return new JsonPatch(operations);
    }

    /** Whether the place of {@code mutation} does not depend on what the mutations before it did. */
    private static boolean ofKnownPlace(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Pin _, Mutation.Strip _, Mutation.Annotate _ -> true;
            case Mutation.Set _, Mutation.Insert _, Mutation.Append _ -> false;
        };
    }

    /** Of mutations of known places: most plans have no others, and need no copy of the object to be followed on. */
    private static List<PatchOperation> operations(List<Mutation> ofKnownPlaces, JsonNode object) {
        List<PatchOperation> operations = new ArrayList<>();
        ObjectNode missing = null;
        if (!object.path("metadata").path("annotations").isObject()) {
            missing = JsonNodeFactory.instance.objectNode();
        }
        for (Mutation mutation : ofKnownPlaces) {
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
                case Mutation.Set _, Mutation.Insert _, Mutation.Append _ ->
                    throw new IllegalArgumentException("its place depends on what was done before: " + mutation);
            }
        }
        if (missing != null && !missing.isEmpty()) {
            addMissing(operations, object, missing);
        }
        return operations;
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
