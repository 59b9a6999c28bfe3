package dev.landwaiter.workload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to a field through objects, from the top of an object or from another field. None of the names on it has a character that a pointer or
 * a message would have to escape. What is asked for with each image is worked out once.
 */
public final class FieldPath {
    private final String text;
    private final List<String> names;
    private final String pointer;

    private FieldPath(String text) {
        this.text = text;
        this.names = text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
        this.pointer = text.isEmpty() ? "" : "/" + text.replace('.', '/');
    }

    /** The path that Kubernetes' own messages write as {@code text}: {@code spec.template.spec}; {@code ""} is the way to where it begins. */
    public static FieldPath of(String text) {
        return new FieldPath(text);
    }

    /** As Kubernetes' own messages write it. */
    public String text() {
        return text;
    }

    /** The fields on the way. */
    public List<String> names() {
        return names;
    }

    /** As JSON pointers write it. */
    String pointer() {
        return pointer;
    }

    /** What stands there in {@code object}; missing where nothing does. */
    public JsonNode in(JsonNode object) {
        JsonNode at = object;
        for (int i = 0; i < names.size(); i++) {
            at = at.path(names.get(i));
        }
        return at;
    }

    /** As messages write this path, going on with {@code rest}. */
    String then(String rest) {
        return text.isEmpty() || rest.isEmpty() ? text + rest : text + "." + rest;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldPath path && text.equals(path.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
