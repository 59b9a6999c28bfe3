package dev.landwaiter.limit;

import com.fasterxml.jackson.core.JsonFactory;
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

/**
 * Reads JSON from outside strictly: one value, no duplicate keys (two readers would see two documents), bounded nesting.
 * Numbers keep their text's precision. Immutable and safe for use by many threads.
 */
public final class BoundedJson {
    private final ObjectReader reader;
    private final Limits limits;
    private final Limit depth;

    /** A reader of documents nested at most {@code depth}. */
    public BoundedJson(Limits limits, Limit depth) {
        this.limits = limits;
        this.depth = depth;
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.count(depth))
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
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
        try {
            JsonNode node = reader.readTree(content);
            if (node.isMissingNode()) {
                throw new Failure(
                        code,
                        "Could not read %s: it is empty where JSON was expected. Check what wrote it.".formatted(what));
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw limits.exceeded(depth, what);
        } catch (JsonProcessingException e) {
            throw new Failure(
                    code,
                    "Could not read %s: it is not well-formed JSON at line %d, column %d (%s). Check what wrote it."
                            .formatted(
                                    what,
                                    e.getLocation() == null
                                            ? 0
                                            : e.getLocation().getLineNr(),
                                    e.getLocation() == null
                                            ? 0
                                            : e.getLocation().getColumnNr(),
                                    ParserWords.words(e)),
                    e);
        } catch (NumberFormatException e) {
            // an exponent beyond an int, which is JSON and no number that anybody means
            throw new Failure(
                    code,
                    "Could not read %s: it holds a number that is too large to be one. Check what wrote it."
                            .formatted(what),
                    e);
        } catch (IOException e) {
            throw new Failure(code, "Could not read %s: %s. Check what wrote it.".formatted(what, e.getMessage()), e);
        }
    }
}
