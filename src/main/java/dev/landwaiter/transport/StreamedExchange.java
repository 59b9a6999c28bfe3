package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.ByteRange;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import io.vertx.core.http.HttpClientResponse;
import java.io.EOFException;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/** One whose body is handed on while it arrives; what the caller waits for is the head. */
final class StreamedExchange extends HttpExchange<StreamedExchange.Head> {
    private final long from;
    private final PieceQueue pieces = new PieceQueue();

    /** @param from the first byte that is asked for */
    StreamedExchange(
            Request request,
            long from,
            Limits limits,
            OpenConnections connections,
            Destination destination,
            Deadline deadline) {
        super(request, limits, connections, destination, deadline);
        this.from = from;
    }

    /**
     * What came before the body.
     *
     * @param response whose body is what explains an error, or empty
     * @param from which byte of the content the body begins with
     */
    record Head(Response response, long from) {}

    /** The body, as it arrives. */
    PieceQueue pieces() {
        return pieces;
    }

    /** Ends it, where it is still under way: nobody wants the rest. */
    void cancel() {
        if (pieces.cancel(new CancellationException("this stream was closed"))) {
            cut();
        }
    }

    @Override
    void fail(Throwable thrown) {
        super.fail(thrown);
        pieces.fail(thrown);
        end(false);
    }

    @Override
    void read(HttpClientResponse response) {
        if (response.statusCode() >= FIRST_EXPLAINED) {
            readWhole(response, whole -> {
                pieces.end();
                end(true);
                answer().complete(new Head(whole, 0));
            });
            return;
        }
        Response head = new Response(response.statusCode(), headers(response), new byte[0]);
        OptionalLong start = ByteRange.start(head, from);
        if (start.isEmpty()) {
            refuse(new Failure(
                    Code.REGISTRY_MALFORMED,
                    "Could not fetch %s from %s: it answered with another part than the one asked for, which begins with byte %d. Check that a registry serves this host and port."
                            .formatted(request().what(), destination().target(), from)));
            return;
        }
        if (stated(response) > request().maxBytes()) {
            refuse(exceeded());
            return;
        }
        hand(response);
        answer().complete(new Head(head, start.getAsLong()));
    }

    private void hand(HttpClientResponse response) {
        pieces.from(response);
        long[] arrived = {0};
        long stated = stated(response);
        response.handler(chunk -> {
            if (pieces.isOver() || !paid(chunk)) {
                return;
            }
            arrived[0] += chunk.length();
            if (arrived[0] > request().maxBytes()) {
                refuse(exceeded());
            } else {
                pieces.add(chunk.getBytes());
            }
        });
        response.endHandler(_ -> {
            if (stated >= 0 && arrived[0] != stated && !request().method().equals("HEAD")) {
                refuse(new EOFException("%d of %d bytes came".formatted(arrived[0], stated)));
            } else {
                pieces.end();
                end(true);
            }
        });
    }

    private void refuse(Throwable thrown) {
        fail(thrown);
        cut();
    }
}
