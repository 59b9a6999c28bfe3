package dev.landwaiter.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.patch.JsonPointer;
import java.util.List;

/**
 * The way to a field through objects, from the top of an object or from another field. None of the names on it has a dot.
 *
 * @param text as Kubernetes' own messages write it: {@code spec.template.spec}; {@code ""} for where the way begins
 * @param names of the fields on the way
 */
public record FieldPath(String text, List<String> names) {
    public FieldPath {
        names = List.copyOf(names);
    }

    /** The path that is written {@code text}. */
    public static FieldPath of(String text) {
        return new FieldPath(text, text.isEmpty() ? List.of() : List.of(text.split("\\.", -1)));
    }

    /** What stands there in {@code object}; missing where nothing does. */
    public JsonNode in(JsonNode object) {
        JsonNode at = object;
        for (String name : names) {
            at = at.path(name);
        }
        return at;
    }

    /** Where it leads from {@code start}. */
    public JsonPointer from(JsonPointer start) {
        JsonPointer pointer = start;
        for (String name : names) {
            pointer = pointer.child(name);
        }
        return pointer;
    }

    /** As messages write this path, going on with {@code rest}. */
    String then(String rest) {
        return text.isEmpty() || rest.isEmpty() ? text + rest : text + "." + rest;
    }

    @Override
    public String toString() {
        return text;
    }
}
