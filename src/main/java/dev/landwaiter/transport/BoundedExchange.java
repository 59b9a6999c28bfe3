package dev.landwaiter.transport;

import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import io.vertx.core.http.HttpClientResponse;

/** One whose whole answer is waited for, and held. */
final class BoundedExchange extends HttpExchange<Response> {
    BoundedExchange(
            Request request, Limits limits, OpenConnections connections, Destination destination, Deadline deadline) {
        super(request, limits, connections, destination, deadline);
    }

    @Override
    void read(HttpClientResponse response) {
        readWhole(response, whole -> {
            end(true);
            answer().complete(whole);
        });
    }
}
