package dev.landwaiter.testregistry;

import java.util.Locale;

/**
 * One request that a registry saw.
 *
 * @param path without the query
 * @param query {@code ""} for none
 * @param host as the client named the server
 * @param authorization the header whole, {@code ""} for none
 * @param body {@code ""} for none
 * @param protocol {@code HTTP_1_1} or {@code HTTP_2}
 * @param connection a number for each connection
 * @param started its place in the order of all arrivals and answers
 * @param answered likewise; {@link Integer#MAX_VALUE} while there is no answer
 */
public record LoggedRequest(
        String method,
        String path,
        String query,
        String host,
        String authorization,
        String body,
        String protocol,
        int connection,
        int started,
        int answered) {
    /** {@code basic}, {@code bearer} or {@code none}. */
    public String authorizationKind() {
        int space = authorization.indexOf(' ');
        return space < 0 ? "none" : authorization.substring(0, space).toLowerCase(Locale.ROOT);
    }

    /** {@code GET /v2/acme/api/manifests/1 basic}. */
    @Override
    public String toString() {
        return method + " " + path + " " + authorizationKind();
    }
}
