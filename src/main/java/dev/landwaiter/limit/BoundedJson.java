package dev.landwaiter.limit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from outside strictly: one value, no duplicate keys (two readers would see two documents), bounded nesting and a bounded number
 * of tokens, because a tree takes memory by those and not by the bytes that they stood in: 8 MiB of <code>{},{},…</code> become 200 MB.
 * Numbers keep their text's precision. Immutable and safe for use by many threads.
 */
public final class BoundedJson {
    private final ObjectReader reader;
    private final JsonFactory factory;
    private final Limits limits;
    private final Limit depth;
    private final @Nullable Limit tokens;

    /** A reader of documents nested at most {@code depth}, of {@link Limit#JSON_TOKENS} at most. */
    public BoundedJson(Limits limits) {
        this(limits, Limit.JSON_DEPTH, Limit.JSON_TOKENS);
    }

    /** A reader of documents nested at most {@code depth}, whose size in memory the caller bounds otherwise. */
    public BoundedJson(Limits limits, Limit depth) {
        this(limits, depth, null);
    }

    /** A reader of documents nested at most {@code depth} and of {@code tokens} at most. */
    public BoundedJson(Limits limits, Limit depth, @Nullable Limit tokens) {
        this.limits = limits;
        this.depth = depth;
        this.tokens = tokens;
        StreamReadConstraints.Builder constraints = StreamReadConstraints.builder()
                .maxNestingDepth(limits.count(depth))
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE);
        if (tokens != null) {
            constraints.maxTokenCount(limits.get(tokens));
        }
        this.factory =
                JsonFactory.builder().streamReadConstraints(constraints.build()).build();
        this.reader = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build()
                .reader();
    }

    /**
     * Reads the one JSON value that {@code content} holds.
     *
     * @param code of the failure where it is not well-formed
     * @param what is read, for the message: {@code manifest of ghcr.io/acme/api:1}
     */
    public JsonNode read(byte[] content, Code code, String what) {
        try (JsonParser parser = factory.createParser(content)) {
            return read(parser, code, what);
        } catch (IOException e) {
            throw new Failure(code, "Could not read %s: %s. Check what wrote it.".formatted(what, e.getMessage()), e);
        }
    }

    private JsonNode read(JsonParser parser, Code code, String what) throws IOException {
        try {
            JsonNode node = reader.readTree(parser);
            if (node == null || node.isMissingNode()) {
                throw new Failure(
                        code,
                        "Could not read %s: it is empty where JSON was expected. Check what wrote it.".formatted(what));
            }
            return node;
        } catch (StreamConstraintsException e) {
            if (tokens != null && parser.currentTokenCount() > limits.get(tokens)) {
                throw limits.exceeded(tokens, what);
            }
            if (parser.getParsingContext().getNestingDepth() > limits.count(depth)) {
                throw limits.exceeded(depth, what);
            }
            throw notANumber(code, what, e);
        } catch (JsonProcessingException e) {
            throw new Failure(
                    code, "Could not read %s: %s. Check what wrote it.".formatted(what, ParserWords.json(e)), e);
        } catch (NumberFormatException e) {
            // an exponent beyond an int
            throw notANumber(code, what, e);
        }
    }

    /** It is JSON, and no number that anybody means. */
    private static Failure notANumber(Code code, String what, Exception e) {
        return new Failure(
                code,
                "Could not read %s: it holds a number that is too large to be one. Check what wrote it."
                        .formatted(what),
                e);
    }
}
