package dev.landwaiter.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;

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
        this.json = new BoundedJson(limits);
    }

    /** {@code 401 UNAUTHORIZED "authentication required"}, as far as the answer says so. */
    String of(HttpTransport.Response response) {
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

    /** Fit to stand between double quotes. */
    static String clean(String text, int most) {
        return Shown.of(text.strip(), most).replace('"', '\'');
    }
}
