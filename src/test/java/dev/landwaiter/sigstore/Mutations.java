package dev.landwaiter.sigstore;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Every way to alter one field of a document: leave it out, change its text, and, where it is Base64, flip a bit of what that encodes.
 */
final class Mutations {
    /** Bytes of one field that are flipped: all of a short one, evenly spread over a long one. */
    private static final int FLIPS = 32;

    private static final Pattern BASE64 =
            Pattern.compile("(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");

    private final ObjectNode document;
    private final List<Mutation> all = new ArrayList<>();

    private Mutations(ObjectNode document) {
        this.document = document;
    }

    /**
     * One alteration.
     *
     * @param field the altered field as JSON pointer
     * @param how it was altered
     */
    record Mutation(String field, String how, ObjectNode document) {}

    static List<Mutation> of(ObjectNode document) {
        Mutations mutations = new Mutations(document);
        mutations.descend(JsonPointer.empty(), document);
        return mutations.all;
    }

    private void descend(JsonPointer at, JsonNode node) {
        switch (node) {
            case ObjectNode object -> {
                for (var field : object.properties()) {
                    JsonPointer child = at.appendProperty(field.getKey());
                    remove(at, field.getKey(), child);
                    descend(child, field.getValue());
                }
            }
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    descend(at.appendIndex(i), array.get(i));
                }
            }
            default -> alter(at, node);
        }
    }

    private void remove(JsonPointer parent, String name, JsonPointer child) {
        ObjectNode copy = document.deepCopy();
        JsonNode unused = ((ObjectNode) copy.at(parent)).remove(name);
        all.add(new Mutation(child.toString(), "left out " + unused.getNodeType(), copy));
    }

    private void alter(JsonPointer at, JsonNode value) {
        if (value.isNumber()) {
            replace(at, "one more", Recorded.JSON.getNodeFactory().numberNode(value.longValue() + 1));
        } else if (value.isTextual()) {
            String text = value.textValue();
            text(at, "one more character", text + "A");
            text(at, "empty", "");
            if (BASE64.matcher(text).matches()) {
                flip(at, Base64.getDecoder().decode(text));
            } else {
                characters(at, text);
            }
        }
    }

    private void flip(JsonPointer at, byte[] bytes) {
        for (int position : spread(bytes.length)) {
            byte[] flipped = bytes.clone();
            flipped[position] ^= (byte) (1 << (position % Byte.SIZE));
            text(at, "flipped a bit of byte " + position, Base64.getEncoder().encodeToString(flipped));
        }
        text(at, "cut short", Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, bytes.length - 1)));
    }

    private void characters(JsonPointer at, String text) {
        for (int position : spread(text.length())) {
            StringBuilder altered = new StringBuilder(text);
            altered.setCharAt(position, text.charAt(position) == '7' ? '8' : '7');
            text(at, "replaced character " + position, altered.toString());
        }
    }

    private static List<Integer> spread(int length) {
        List<Integer> positions = new ArrayList<>();
        int count = Math.min(length, FLIPS);
        for (int i = 0; i < count; i++) {
            positions.add((int) ((long) i * length / count));
        }
        return positions;
    }

    private void text(JsonPointer at, String how, String text) {
        replace(at, how, Recorded.JSON.getNodeFactory().textNode(text));
    }

    private void replace(JsonPointer at, String how, JsonNode value) {
        ObjectNode copy = document.deepCopy();
        switch (copy.at(at.head())) {
            case ObjectNode object -> object.set(at.last().getMatchingProperty(), value);
            case ArrayNode array -> array.set(at.last().getMatchingIndex(), value);
            default -> throw new IllegalStateException("a leaf stands in an object or an array");
        }
        all.add(new Mutation(at.toString(), how, copy));
    }
}
