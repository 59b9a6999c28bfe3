package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.FoldedKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The fields of one JSON object, read strictly: of the type they should have, and Base64 that is spelled in the one canonical way, so that no
 * character can be altered unseen. {@code null} is as absent as in protobuf's JSON; two keys that other readers take for one, such as {@code
 * dsseEnvelope} and {@code dsse_envelope}, are refused. Every complaint names the field's path.
 *
 * @see <a href="https://protobuf.dev/programming-guides/json/">ProtoJSON</a>
 */
final class StrictFields {
    private final JsonNode node;
    private final String path;
    private final Function<String, Failure> complaint;

    /** @param complaint makes a failure of why something is not as it should be: {@code messageSignature.signature is missing} */
    StrictFields(JsonNode node, Function<String, Failure> complaint) {
        this(node, "", complaint);
    }

    private StrictFields(JsonNode node, String path, Function<String, Failure> complaint) {
        this.node = node;
        this.path = path;
        this.complaint = complaint;
        if (!node.isObject()) {
            throw complain("is not a JSON object");
        }
        Set<String> seen = new HashSet<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!seen.add(FoldedKey.of(field.getKey()))) {
                throw complain("has the key \"%s\" and another that some readers take for the same"
                        .formatted(Text.shown(field.getKey())));
            }
        }
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    List<String> names() {
        return node.properties().stream().map(Map.Entry::getKey).toList();
    }

    StrictFields object(String name) {
        return new StrictFields(required(name), at(name), complaint);
    }

    Optional<StrictFields> find(String name) {
        return has(name) ? Optional.of(object(name)) : Optional.empty();
    }

    /** The objects of the array {@code name}, none where it is absent; {@code tooMany} where there are more than {@code most}. */
    List<StrictFields> list(String name, int most, Function<String, Failure> tooMany) {
        List<StrictFields> all = new ArrayList<>();
        for (JsonNode entry : array(name, most, tooMany)) {
            all.add(new StrictFields(entry, at(name) + "[" + all.size() + "]", complaint));
        }
        return all;
    }

    /** The Base64 texts of the array {@code name}, as {@link #list}. */
    List<byte[]> bytesList(String name, int most, Function<String, Failure> tooMany) {
        List<byte[]> all = new ArrayList<>();
        for (JsonNode entry : array(name, most, tooMany)) {
            all.add(bytes(entry, at(name) + "[" + all.size() + "]"));
        }
        return all;
    }

    private JsonNode array(String name, int most, Function<String, Failure> tooMany) {
        JsonNode array = node.path(name);
        if (array.isMissingNode() || array.isNull()) {
            return array;
        }
        if (!array.isArray()) {
            throw complaint.apply(at(name) + " is not an array");
        }
        if (array.size() > most) {
            throw tooMany.apply(at(name));
        }
        return array;
    }

    String text(String name) {
        JsonNode value = required(name);
        if (!value.isTextual()) {
            throw complaint.apply(at(name) + " is not a text");
        }
        return value.textValue();
    }

    /** {@code ""} where it is absent. */
    String textOrEmpty(String name) {
        return has(name) ? text(name) : "";
    }

    /** The text {@code name} of the object {@code of}, for what only people read: {@code ""} where either is anything else. */
    String hint(String of, String name) {
        JsonNode value = node.path(of).path(name);
        return value.isTextual() ? value.textValue() : "";
    }

    byte[] bytes(String name) {
        return bytes(required(name), at(name));
    }

    private byte[] bytes(JsonNode value, String where) {
        if (value.isTextual()) {
            try {
                byte[] bytes = Base64.getDecoder().decode(value.textValue());
                if (Base64.getEncoder().encodeToString(bytes).equals(value.textValue())) {
                    return bytes;
                }
            } catch (IllegalArgumentException e) {
                // told below
            }
        }
        throw complaint.apply(where + " is not Base64");
    }

    /** A whole number that is not negative, as number or as text; 0 where it is absent, as protobuf leaves it out. */
    long number(String name) {
        if (!has(name)) {
            return 0;
        }
        JsonNode value = node.path(name);
        try {
            long number = value.isTextual() ? Long.parseLong(value.textValue()) : exact(value);
            if (number >= 0 && (!value.isTextual() || Long.toString(number).equals(value.textValue()))) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw complaint.apply(at(name) + " is not a whole number of 0 or more");
    }

    private static long exact(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new NumberFormatException("not a whole number");
        }
        return value.longValue();
    }

    Instant time(String name) {
        String text = text(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw complaint.apply("%s is not a time like \"2025-01-31T00:00:00Z\"".formatted(at(name)));
        }
    }

    /** A complaint about this object: {@code why} follows its path. */
    Failure complain(String why) {
        return complaint.apply((path.isEmpty() ? "it" : path) + " " + why);
    }

    private JsonNode required(String name) {
        if (!has(name)) {
            throw complaint.apply(at(name) + " is missing");
        }
        return node.path(name);
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
