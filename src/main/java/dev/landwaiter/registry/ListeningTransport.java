package dev.landwaiter.registry;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Deadline;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Tells a listener of every exchange. */
final class ListeningTransport implements HttpTransport {
    private final HttpTransport transport;
    private final RegistryListener listener;
    private final LongSupplier nanoClock;

    ListeningTransport(HttpTransport transport, RegistryListener listener, LongSupplier nanoClock) {
        this.transport = transport;
        this.listener = listener;
        this.nanoClock = nanoClock;
    }

    @Override
    public Response exchange(Request request, Deadline deadline) {
        long started = nanoClock.getAsLong();
        String host = request.address().hostAndPort();
        try {
            Response response = transport.exchange(request, deadline);
            listener.answered(host, request.method(), response.status(), took(started));
            return response;
        } catch (Failure e) {
            // a tenant may be told less than what happened; whoever reads metrics is an admin
            Code happened = e.getCause() instanceof Failure cause ? cause.code() : e.code();
            listener.failed(host, request.method(), happened, took(started));
            throw e;
        }
    }

    private Duration took(long started) {
        return Duration.ofNanos(nanoClock.getAsLong() - started);
    }
}
