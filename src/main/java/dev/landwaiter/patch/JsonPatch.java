package dev.landwaiter.patch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A JSON patch: operations in order. The same operations give the same bytes.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6902">RFC 6902</a>
 */
public record JsonPatch(List<PatchOperation> operations) {
    public static final JsonPatch EMPTY = new JsonPatch(List.of());
    /** What is not ASCII is escaped, so that any text can be written, halves of surrogate pairs too. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    /** Written with each operation, so escaped once and for all. */
    private static final SerializableString OP = new SerializedString("op");

    private static final SerializableString PATH = new SerializedString("path");
    private static final SerializableString VALUE = new SerializedString("value");
    private static final SerializableString NOTHING_KNOWN = new SerializedString("");
    /** Behind the last entry of a list. */
    private static final String END = "-";

    /** No longer than any that a list has. */
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

    public JsonPatch {
        operations = List.copyOf(operations);
    }

    public boolean isEmpty() {
        return operations.isEmpty();
    }

    /** The patch as JSON in UTF-8. */
    public byte[] toBytes() {
        return toBytes(NOTHING_KNOWN);
    }

    /**
     * As {@link #toBytes()}.
     *
     * @param known a text that may well be among the values, and is escaped already: escaping a long one is most of the work
     */
    public byte[] toBytes(SerializableString known) {
        // a generator gathers what is short and gives it out once, so the stream is then as large as that and no larger
        ByteArrayOutputStream out = new ByteArrayOutputStream(0);
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartArray();
            for (PatchOperation operation : operations) {
                write(operation, known, json);
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return out.toByteArray();
    }

    private static void write(PatchOperation operation, SerializableString known, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        switch (operation) {
            case PatchOperation.Add add -> {
                write("add", add.path(), json);
                json.writeFieldName(VALUE);
                write(add.value(), known, json);
            }
            case PatchOperation.Replace replace -> {
                write("replace", replace.path(), json);
                json.writeFieldName(VALUE);
                write(replace.value(), known, json);
            }
            case PatchOperation.Remove remove -> write("remove", remove.path(), json);
        }
        json.writeEndObject();
    }

    private static void write(String operation, JsonPointer path, JsonGenerator json) throws IOException {
        json.writeFieldName(OP);
        json.writeString(operation);
        json.writeFieldName(PATH);
        json.writeString(path.text());
    }

    /** Texts, and objects of texts, are most of what is written, and writing a tree costs a serializer for each node. */
    private static void write(JsonNode value, SerializableString known, JsonGenerator json) throws IOException {
        if (value.isTextual()) {
            String text = value.textValue();
            if (text.equals(known.getValue())) {
                json.writeString(known);
            } else {
                json.writeString(text);
            }
        } else if (value.isObject()) {
            json.writeStartObject();
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                json.writeFieldName(field.getKey());
                write(field.getValue(), known, json);
            }
            json.writeEndObject();
        } else {
            json.writeTree(value);
        }
    }

    /** A copy of {@code document} with the operations applied; one that does not fit is an {@link IllegalArgumentException}. */
    public JsonNode applyTo(JsonNode document) {
        JsonNode result = document.deepCopy();
        for (PatchOperation operation : operations) {
            apply(operation, result);
        }
        return result;
    }

    private static void apply(PatchOperation operation, JsonNode document) {
        List<String> parts = operation.path().parts();
        boolean fits = !parts.isEmpty();
        if (fits) {
            JsonNode parent = document;
            for (String part : parts.subList(0, parts.size() - 1)) {
                parent = child(parent, part);
            }
            fits = apply(operation, parent, parts.getLast());
        }
        if (!fits) {
            throw new IllegalArgumentException("the document has no place for " + operation);
        }
    }

    private static JsonNode child(JsonNode parent, String part) {
        return parent instanceof ArrayNode array
                ? array.path(index(part, array.size()).orElse(-1))
                : parent.path(part);
    }

    private static boolean apply(PatchOperation operation, JsonNode parent, String part) {
        return switch (parent) {
            case ObjectNode object -> apply(operation, object, part);
            case ArrayNode array -> apply(operation, array, part);
            default -> false;
        };
    }

    private static boolean apply(PatchOperation operation, ObjectNode object, String name) {
        return switch (operation) {
            case PatchOperation.Add(JsonPointer _, JsonNode value) -> {
                object.set(name, value.deepCopy());
                yield true;
            }
            case PatchOperation.Replace(JsonPointer _, JsonNode value) ->
                object.replace(name, value.deepCopy()) != null;
            case PatchOperation.Remove _ -> object.remove(name) != null;
        };
    }

    private static boolean apply(PatchOperation operation, ArrayNode array, String part) {
        OptionalInt at = operation instanceof PatchOperation.Add
                ? part.equals(END) ? OptionalInt.of(array.size()) : index(part, array.size() + 1)
                : index(part, array.size());
        if (at.isEmpty()) {
            return false;
        }
        switch (operation) {
            case PatchOperation.Add(JsonPointer _, JsonNode value) -> array.insert(at.getAsInt(), value.deepCopy());
            case PatchOperation.Replace(JsonPointer _, JsonNode value) -> array.set(at.getAsInt(), value.deepCopy());
            case PatchOperation.Remove _ -> array.remove(at.getAsInt());
        }
        return true;
    }

    /** The index below {@code end} that {@code part} is, as RFC 6901 writes one. */
    private static OptionalInt index(String part, int end) {
        if (!INDEX.matcher(part).matches()) {
            return OptionalInt.empty();
        }
        int index = Integer.parseInt(part);
        return index < end ? OptionalInt.of(index) : OptionalInt.empty();
    }
}
