package dev.landwaiter.server;

import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.limit.Deadline;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One review on its way: being read, being decided, answered. Touched by its event loop alone. */
final class Exchange {
    /** What is set aside for a body before any of it came, whatever length the client states. */
    private static final int FIRST_BYTES = 16 << 10;

    private static final byte[] NOTHING = {};

    /** Where an exchange is. */
    enum State {
        READING,
        DECIDING,
        /** Answered; what the client still sends is thrown away. */
        ANSWERED
    }

    final HttpServerRequest request;
    final Endpoint endpoint;
    final Deadline deadline;
    State state = State.READING;
    /** On the clock of {@link System#nanoTime}: when the server acts by itself, whatever the state. */
    long overdueAt;
    /** Who decides, where that has to wait for something. */
    @Nullable
    Thread decider;

    private byte[] body = NOTHING;
    private int length;

    Exchange(HttpServerRequest request, Endpoint endpoint, Deadline deadline, long overdueAt) {
        this.request = request;
        this.endpoint = endpoint;
        this.deadline = deadline;
        this.overdueAt = overdueAt;
    }

    /** How much of the body is held, in bytes. */
    int length() {
        return length;
    }

    void append(Buffer chunk) {
        int needed = length + chunk.length();
        if (needed > body.length) {
            int size = length == 0 ? Math.min(statedLength(), FIRST_BYTES) : 2 * body.length;
            body = Arrays.copyOf(body, Math.max(needed, size));
        }
        chunk.getBytes(body, length);
        length = needed;
    }

    private int statedLength() {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return header == null || header.length() > 8 ? 0 : Integer.parseInt(header);
    }

    /** The whole body, which is let go of here: it may be large. */
    byte[] takeBody() {
        byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
        body = NOTHING;
        return whole;
    }

    /** How many bytes this held; it holds none from now on. */
    int release() {
        int held = length;
        body = NOTHING;
        length = 0;
        return held;
    }
}
