package dev.landwaiter.patch;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in a JSON document.
 *
 * @param text as RFC 6901 writes it: {@code ""} for the whole document, else parts after {@code /}, with {@code ~} as {@code ~0} and
 *     {@code /} as {@code ~1}
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>
 */
public record JsonPointer(String text) {
    public static final JsonPointer ROOT = new JsonPointer("");

    public JsonPointer {
        if (!text.isEmpty() && text.charAt(0) != '/') {
            throw new IllegalArgumentException("a JSON pointer is empty or starts with '/': " + text);
        }
    }

    /** The member {@code name}, or the array element of that index, of what this points to. */
    public JsonPointer child(String name) {
        return new JsonPointer(text + "/" + escaped(name));
    }

    public JsonPointer child(int index) {
        return new JsonPointer(text + "/" + index);
    }

    /** The names and indexes on the way, as they are and not as they are escaped. */
    public List<String> parts() {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.substring(1).split("/", -1)) {
            parts.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return parts;
    }

    private static String escaped(String name) {
        if (name.indexOf('~') < 0 && name.indexOf('/') < 0) {
            return name;
        }
        return name.replace("~", "~0").replace("/", "~1");
    }

    @Override
    public String toString() {
        return text;
    }
}
