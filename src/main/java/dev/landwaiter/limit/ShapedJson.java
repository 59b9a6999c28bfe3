package dev.landwaiter.limit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that other programs act on, so that what is read here is what they read, or nothing: one object of a {@link JsonShape}, in
 * UTF-8, without a key that some reader takes for another. It reads a stream and keeps what the shape asks for, so that no document costs
 * more memory than what is wanted of it. Immutable and safe for use by many threads.
 */
public final class ShapedJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int SHOWN = 100;

    private final JsonShape.Known shape;
    private final JsonFactory factory;
    private final Limits limits;
    private final Limit tokens;
    private final Complaints complaints;

    /**
     * How a refusal is put.
     *
     * @param unreadable the code for what is no JSON
     * @param ambiguous the code for JSON that is not of the shape
     * @param nextStep what to do about it: {@code Push the image again.}
     */
    public record Complaints(Code unreadable, Code ambiguous, String nextStep) {}

    /** A reader of documents of {@code shape}, and of {@code tokens} at most. */
    public ShapedJson(JsonShape.Known shape, Limits limits, Limit tokens, Complaints complaints) {
        this.shape = shape;
        this.limits = limits;
        this.tokens = tokens;
        this.complaints = complaints;
        this.factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.count(Limit.JSON_DEPTH))
                        .maxTokenCount(limits.get(tokens))
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                // keys are anybody's: a table of them all would only grow
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
    }

    /**
     * What the shape keeps of the one object that {@code content} holds.
     *
     * @param what is read, for messages: {@code manifest of ghcr.io/acme/api:1}
     */
    public JsonNode read(byte[] content, String what) {
        InputStreamReader text = new InputStreamReader(
                new ByteArrayInputStream(content),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        try (JsonParser parser = factory.createParser(text)) {
            return read(parser, what);
        } catch (CharacterCodingException e) {
            throw ambiguous(what, "it is not valid UTF-8");
        } catch (IOException e) {
            throw unreadable(what, String.valueOf(e.getMessage()), e);
        }
    }

    private JsonNode read(JsonParser parser, String what) throws IOException {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw unreadable(what, "it is empty where JSON was expected", null);
            }
            if (first != JsonToken.START_OBJECT) {
                throw ambiguous(what, "it is not a JSON object");
            }
            ObjectNode read = new Reading(parser, what).object(shape, "");
            if (parser.nextToken() != null) {
                throw ambiguous(what, "something follows the one value");
            }
            return read;
        } catch (StreamConstraintsException e) {
            if (parser.currentTokenCount() > limits.get(tokens)) {
                throw limits.exceeded(tokens, what);
            }
            if (parser.getParsingContext().getNestingDepth() > limits.count(Limit.JSON_DEPTH)) {
                throw limits.exceeded(Limit.JSON_DEPTH, what);
            }
            throw unreadable(what, "it holds a number that is too large to be one", e);
        } catch (JsonProcessingException e) {
            throw unreadable(what, ParserWords.json(e), e);
        }
    }

    /** One document, as its stream comes. */
    private final class Reading {
        private final JsonParser parser;
        private final String what;

        Reading(JsonParser parser, String what) {
            this.parser = parser;
            this.what = what;
        }

        /** The object that has begun, at the path {@code at}. */
        ObjectNode object(JsonShape.Known known, String at) throws IOException {
            ObjectNode kept = NODES.objectNode();
            Map<String, String> seen = new HashMap<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                check(name, at);
                alone(name, known, seen, at);
                parser.nextToken();
                JsonShape.Field field = known.field(name);
                if (field == null) {
                    parser.skipChildren();
                    continue;
                }
                JsonNode value = value(field.shape(), field.kept(), within(at, name));
                if (value != null) {
                    kept.set(name, value);
                }
            }
            return kept;
        }

        /** No reader may take {@code name} for another key of its object, nor for a field that is spelled otherwise. */
        private void alone(String name, JsonShape.Known known, Map<String, String> seen, String at) {
            String folded = FoldedKey.of(name);
            String before = seen.putIfAbsent(folded, name);
            String where = at.isEmpty() ? "it" : at;
            if (name.equals(before)) {
                throw ambiguous(what, "the key \"%s\" stands twice in one object".formatted(within(at, name)));
            }
            if (before != null) {
                throw ambiguous(
                        what,
                        "%s has the keys \"%s\" and \"%s\", which some readers take for one"
                                .formatted(where, shown(before), shown(name)));
            }
            String spelling = known.spelling(folded);
            if (spelling != null && !spelling.equals(name)) {
                throw ambiguous(
                        what,
                        "%s has the key \"%s\", which some readers take for \"%s\""
                                .formatted(where, shown(name), spelling));
            }
        }

        /** The value that has begun; null where it is not kept. */
        private @Nullable JsonNode value(JsonShape value, boolean kept, String at) throws IOException {
            if (parser.hasToken(JsonToken.VALUE_NULL)) {
                return kept ? NullNode.getInstance() : null;
            }
            return switch (value) {
                case JsonShape.Leaf leaf -> leaf(leaf, kept, at);
                case JsonShape.Items items -> items(items, kept, at);
                case JsonShape.Named named -> named(named, kept, at);
                case JsonShape.Known known -> {
                    expect(JsonToken.START_OBJECT, known, at);
                    ObjectNode object = object(known, at);
                    yield kept ? object : null;
                }
            };
        }

        private @Nullable JsonNode leaf(JsonShape.Leaf leaf, boolean kept, String at) throws IOException {
            boolean fits = switch (leaf) {
                case TEXT -> parser.hasToken(JsonToken.VALUE_STRING);
                case BASE64 -> parser.hasToken(JsonToken.VALUE_STRING) && isBase64(parser.getText());
                case WHOLE ->
                    parser.hasToken(JsonToken.VALUE_NUMBER_INT)
                            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
                case FLAG -> parser.currentToken().isBoolean();
                case ANYTHING -> true;
            };
            if (!fits) {
                throw not(leaf, at);
            }
            if (!kept) {
                parser.skipChildren();
                return null;
            }
            return switch (leaf) {
                case TEXT, BASE64 -> TextNode.valueOf(text(at));
                case WHOLE -> LongNode.valueOf(parser.getLongValue());
                case FLAG -> BooleanNode.valueOf(parser.getBooleanValue());
                case ANYTHING -> {
                    parser.skipChildren();
                    yield NullNode.getInstance();
                }
            };
        }

        private @Nullable ArrayNode items(JsonShape.Items items, boolean kept, String at) throws IOException {
            expect(JsonToken.START_ARRAY, items, at);
            ArrayNode all = kept ? NODES.arrayNode() : null;
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                JsonNode item = value(items.item(), kept, at + "[" + i + "]");
                if (all != null && item != null) {
                    all.add(item);
                }
            }
            return all;
        }

        private @Nullable ObjectNode named(JsonShape.Named named, boolean kept, String at) throws IOException {
            expect(JsonToken.START_OBJECT, named, at);
            ObjectNode all = kept ? NODES.objectNode() : null;
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                JsonNode value = value(named.value(), kept, within(at, name));
                if (all != null && value != null) {
                    check(name, at);
                    if (all.replace(name, value) != null) {
                        throw ambiguous(what, "the key \"%s\" stands twice in one object".formatted(within(at, name)));
                    }
                }
            }
            return all;
        }

        private String text(String at) throws IOException {
            String text = parser.getText();
            check(text, at);
            return text;
        }

        /** Half of a surrogate pair is no character: Go puts another in its place. */
        private void check(String text, String at) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (!Character.isSurrogate(c)) {
                    continue;
                }
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw ambiguous(
                            what,
                            "%s holds half of a surrogate pair, which readers take for different characters"
                                    .formatted(at.isEmpty() ? "it" : at));
                }
            }
        }

        private static boolean isBase64(String text) {
            // Java's decoder does without the padding that Go's wants
            if (text.length() % 4 != 0) {
                return false;
            }
            try {
                byte[] _ = Base64.getDecoder().decode(text);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        private void expect(JsonToken token, JsonShape expected, String at) {
            if (!parser.hasToken(token)) {
                throw not(expected, at);
            }
        }

        private Failure not(JsonShape expected, String at) {
            return ambiguous(what, "%s is not %s".formatted(at, expected.what()));
        }
    }

    private static String within(String at, String name) {
        return at.isEmpty() ? shown(name) : at + "." + shown(name);
    }

    private static String shown(String name) {
        return Shown.of(name, SHOWN);
    }

    private Failure ambiguous(String what, String why) {
        return new Failure(
                complaints.ambiguous(), "Could not read %s: %s. %s".formatted(what, why, complaints.nextStep()));
    }

    private Failure unreadable(String what, String why, @Nullable Exception cause) {
        String message = "Could not read %s: %s. Check what wrote it.".formatted(what, why);
        return cause == null
                ? new Failure(complaints.unreadable(), message)
                : new Failure(complaints.unreadable(), message, cause);
    }
}
