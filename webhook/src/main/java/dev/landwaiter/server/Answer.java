package dev.landwaiter.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;

/**
 * An answer to one HTTP request.
 *
 * @param status of HTTP
 * @param body in JSON
 * @param code of the failure that it tells, {@code ""} where it tells none
 * @param allow the method that is served at the path, where it was another one; else {@code ""}
 */
record Answer(int status, byte[] body, String code, String allow) {
    /** The AdmissionReview that was decided. */
    static Answer review(byte[] body) {
        return new Answer(200, body, "", "");
    }

    /** {@code failure} under the HTTP status that its code stands for. */
    static Answer of(Failure failure) {
        int status = switch (failure.code()) {
            case REVIEW_TOO_LARGE -> 413;
            default ->
                switch (failure.code().fault()) {
                    case USER -> 400;
                    case DEPENDENCY, CAPACITY -> 503;
                    case INTERNAL -> 500;
                };
        };
        return of(status, failure);
    }

    static Answer of(int status, Failure failure) {
        return of(status, failure, "");
    }

    private static Answer of(int status, Failure failure, String allow) {
        String json = JsonNodeFactory.instance
                .objectNode()
                .put("code", failure.code().name())
                .put("message", failure.message())
                .toString();
        return new Answer(
                status, json.getBytes(StandardCharsets.UTF_8), failure.code().name(), allow);
    }

    static Answer unsupported(int status, String message) {
        return of(status, new Failure(Code.REVIEW_UNSUPPORTED, message));
    }

    /** That {@code allow} is the one method that is served at {@code path}. */
    static Answer methodRefused(HttpMethod method, String path, String allow) {
        return of(
                405,
                new Failure(
                        Code.REVIEW_UNSUPPORTED,
                        "Could not serve %s %s: only %s is. Ask by %s.".formatted(method, path, allow, allow)),
                allow);
    }
}
