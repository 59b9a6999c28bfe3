package dev.landwaiter.http;

import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An answer whose body is still on its way.
 *
 * @param head the status and the headers. Where the status is not of the class 2xx, its body is what explains that, as in a bounded answer,
 *     and {@link #body} is empty
 * @param from which byte of the whole content {@code body} begins with: what was asked for, or 0 where the peer sends all of it
 *     nevertheless
 * @param body its reads block, and must not be made on an event loop. They throw a {@link dev.landwaiter.failure.Failure}
 *     ({@code REGISTRY_TIMEOUT}, {@code REGISTRY_UNREACHABLE}, {@code LIMIT_EXCEEDED}, {@code BUDGET_EXCEEDED}), and a
 *     {@link java.util.concurrent.CancellationException} once this is closed. The end is the end of the whole body, never of a part of it
 * @param cancel ends what is under way; run once at most
 */
public record StreamedResponse(HttpTransport.Response head, long from, InputStream body, Runnable cancel)
        implements AutoCloseable {
    public StreamedResponse {
        AtomicBoolean open = new AtomicBoolean(true);
        Runnable once = cancel;
        cancel = () -> {
            if (open.getAndSet(false)) {
                once.run();
            }
        };
    }

    /** The same; {@code more} is run after it was closed. */
    StreamedResponse andThen(Runnable more) {
        return new StreamedResponse(head, from, body, () -> {
            try {
                cancel.run();
            } finally {
                more.run();
            }
        });
    }

    /** Ends it, whether the body was read or not; by any thread. What was not read is not waited for. */
    @Override
    public void close() {
        cancel.run();
    }
}
