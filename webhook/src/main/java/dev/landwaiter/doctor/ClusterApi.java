package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/** The API server, asked by its own paths. */
public interface ClusterApi {
    /**
     * What it answers to a GET of {@code path}.
     *
     * @throws dev.landwaiter.failure.Failure {@code CLUSTER_UNAVAILABLE} where it does not answer, or does not accept who asks
     */
    Reply get(String path);

    /** What it answers to a POST of {@code body}. */
    Reply post(String path, JsonNode body);

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param body a missing node where it is not JSON
     * @param date when it was given, by the API server's clock, if it says so
     */
    record Reply(int status, JsonNode body, Optional<Instant> date) {
        private static final int MULTIPLE_CHOICES = 300;

        boolean isGood() {
            return status >= 200 && status < MULTIPLE_CHOICES;
        }

        /** In the API server's words, where it has some. */
        String words() {
            String message = body.path("message").asText();
            return message.isEmpty() ? "the API server answered " + status : message;
        }
    }
}
