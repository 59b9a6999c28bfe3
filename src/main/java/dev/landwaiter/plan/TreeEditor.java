package dev.landwaiter.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.patch.PatchOperation;
import java.util.ArrayList;
import java.util.List;

/** Makes mutations of an object, and keeps the patch operations that make the same of another copy of it. */
final class TreeEditor {
    private final JsonNode object;
    private final List<PatchOperation> operations = new ArrayList<>();

    /** @param object which is changed */
    TreeEditor(JsonNode object) {
        this.object = object;
    }

    /** As the mutations so far leave it. */
    JsonNode object() {
        return object;
    }

    List<PatchOperation> operations() {
        return operations;
    }

    void apply(Mutation mutation) {
        switch (mutation) {
            case Mutation.Pin pin -> set(pin.slot().pointer(), TextNode.valueOf(pin.reference()));
            case Mutation.Annotate annotate ->
                set(Plan.ANNOTATIONS.child(annotate.key()), TextNode.valueOf(annotate.value()));
            case Mutation.Strip strip -> strip(strip.key());
            case Mutation.Set set -> set(set.field(), set.value());
            case Mutation.Insert insert -> insert(insert.list(), insert.index(), insert.entry());
            case Mutation.Append append -> insert(append.list(), Integer.MAX_VALUE, append.entry());
        }
    }

    private void strip(String key) {
        JsonNode annotations = object.at(Plan.ANNOTATIONS.text());
        if (annotations instanceof ObjectNode there && there.remove(key) != null) {
            operations.add(new PatchOperation.Remove(Plan.ANNOTATIONS.child(key)));
        }
    }

    /** Sets {@code field}; of what is missing on the way to it, one operation makes all. */
    private void set(JsonPointer field, JsonNode value) {
        List<String> parts = field.parts();
        JsonPointer at = JsonPointer.ROOT;
        JsonNode parent = object;
        int depth = 0;
        JsonNode next = object.at(at.child(parts.getFirst()).text());
        while (depth < parts.size() - 1 && !next.isMissingNode() && !next.isNull()) {
            at = at.child(parts.get(depth));
            parent = next;
            depth++;
            next = object.at(at.child(parts.get(depth)).text());
        }
        if (next.equals(value)) {
            return;
        }
        if (!(parent instanceof ObjectNode members)) {
            throw malformed(at, "an object");
        }
        JsonNode made = value.deepCopy();
        for (int i = parts.size() - 1; i > depth; i--) {
            made = JsonNodeFactory.instance.objectNode().set(parts.get(i), made);
        }
        // what is kept is a copy: later mutations change what is in the object
        operations.add(new PatchOperation.Add(at.child(parts.get(depth)), made.deepCopy()));
        members.set(parts.get(depth), made);
    }

    private void insert(JsonPointer list, int index, JsonNode entry) {
        JsonNode there = object.at(list.text());
        if (there.isMissingNode() || there.isNull()) {
            set(list, JsonNodeFactory.instance.arrayNode().add(entry.deepCopy()));
            return;
        }
        if (!(there instanceof ArrayNode entries)) {
            throw malformed(list, "a list");
        }
        for (JsonNode one : entries) {
            if (one.equals(entry)) {
                return;
            }
        }
        boolean last = index >= entries.size();
        operations.add(new PatchOperation.Add(last ? list.child("-") : list.child(index), entry.deepCopy()));
        entries.insert(last ? entries.size() : index, entry.deepCopy());
    }

    private static Failure malformed(JsonPointer at, String expected) {
        return new Failure(
                Code.REVIEW_MALFORMED,
                "Could not change the object at %s: what stands there is not %s. Check what sent it."
                        .formatted(at, expected));
    }
}
