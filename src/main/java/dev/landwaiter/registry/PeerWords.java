package dev.landwaiter.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;

/**
 * What is quoted of a peer's error answer: the code and the message of its first error, and nothing else, since the rest is for whoever
 * wrote the peer, and may be a page of an inner service.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes">OCI distribution specification,
 *     error codes</a>
 */
final class PeerWords {
    private static final int MAX_CODE = 40;
    private static final int MAX_MESSAGE = 200;

    private final BoundedJson json;

    PeerWords(Limits limits) {
        this.json = new BoundedJson(limits, Limit.JSON_DEPTH);
    }

    /** {@code 401 UNAUTHORIZED "authentication required"}, as far as the answer says so. */
    String of(RegistryTransport.Response response) {
        String status = String.valueOf(response.status());
        JsonNode error;
        try {
            error = json.read(response.body(), Code.REGISTRY_MALFORMED, "error answer")
                    .path("errors")
                    .path(0);
        } catch (Failure e) {
            return status;
        }
        String code = clean(error.path("code").asText(""), MAX_CODE);
        String message = clean(error.path("message").asText(""), MAX_MESSAGE);
        return status + (code.isEmpty() ? "" : " " + code) + (message.isEmpty() ? "" : " \"" + message + "\"");
    }

    /** On one line, without what a terminal would obey or a reader could not see. */
    static String clean(String text, int most) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().limit(most).forEach(c -> clean.appendCodePoint(visible(c) ? c == '"' ? '\'' : c : ' '));
        return clean.toString().strip() + (text.codePointCount(0, text.length()) > most ? "…" : "");
    }

    private static boolean visible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
