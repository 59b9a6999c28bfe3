package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** Answers as the distribution specification wants them. */
final class Answers {
    private Answers() {}

    /** What is stored, or a 404 of code {@code ifUnknown}. */
    static void serve(HttpServerRequest request, Optional<RegistryContent.Stored> stored, String ifUnknown) {
        if (stored.isEmpty()) {
            error(request, 404, ifUnknown, "unknown to this registry");
            return;
        }
        HttpServerResponse response = request.response()
                .putHeader("Content-Type", stored.get().mediaType())
                .putHeader("Docker-Content-Digest", stored.get().digest().toString())
                .putHeader("Content-Length", String.valueOf(stored.get().content().length));
        if (request.method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(Buffer.buffer(stored.get().content()));
        }
    }

    static void error(HttpServerRequest request, int status, String code, String message) {
        ObjectNode error = RegistryContent.JSON.createObjectNode();
        error.putArray("errors").addObject().put("code", code).put("message", message);
        json(request, status, error.toString(), "application/json");
    }

    static void json(HttpServerRequest request, int status, String text, String contentType) {
        HttpServerResponse response = request.response().setStatusCode(status).putHeader("Content-Type", contentType);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(text);
        }
    }
}
