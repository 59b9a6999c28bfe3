package dev.landwaiter.server;

import dev.landwaiter.limit.ByteShares;
import dev.landwaiter.limit.Deadline;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One request on its way: being read, being decided, answered. Touched by its event loop alone. */
final class Exchange {
    /** What is set aside for each request, in bytes: an ordinary body, whatever length the client states, and what belongs to a request. */
    static final int ORDINARY = 16 << 10;

    /** Each step copies what has come: few steps, and none that sets aside much more than has come for who states no length. */
    private static final int GROWTH = 4;

    private static final byte[] NOTHING = {};

    /** Where an exchange is. */
    enum State {
        READING,
        DECIDING,
        /** Answered; what the client still sends is thrown away. */
        ANSWERED
    }

    final HttpServerRequest request;
    final ClientConnection client;
    /** What it holds of the memory for bodies. */
    final ByteShares.Lease lease;

    final Deadline deadline;
    /** On the clock of {@link System#nanoTime}: when a decision is overdue. */
    final long decisionOverdueAt;

    State state = State.READING;
    /** On the clock of {@link System#nanoTime}: when the server acts by itself, whatever the state. */
    long overdueAt;
    /** Who sent it; known once it is clear that it is read. */
    Caller caller = Caller.ANYBODY;
    /** What answers it; known as the caller is. */
    Route.@Nullable Work work;
    /** To be received, from where its body is large on. */
    @Nullable
    ReceivingTurn turn;
    /** From the first sweep on that finds it being read. */
    @Nullable
    BodyPace pace;
    /** Who decides, where that has to wait for something. */
    @Nullable
    Thread decider;
    /** Whether all that the client sends has come. */
    boolean whole;
    /** Whether the answer is on its way. */
    boolean written;

    private byte[] body = NOTHING;
    private int length;

    Exchange(
            HttpServerRequest request,
            ClientConnection client,
            ByteShares.Lease lease,
            Deadline deadline,
            long decisionOverdueAt,
            long overdueAt) {
        this.request = request;
        this.client = client;
        this.lease = lease;
        this.deadline = deadline;
        this.decisionOverdueAt = decisionOverdueAt;
        this.overdueAt = overdueAt;
    }

    /** How much of the body has come, in bytes. */
    int length() {
        return length;
    }

    /** Takes {@code chunk} of a body of {@code most} bytes at most, where there is room for it. */
    boolean append(Buffer chunk, int most) {
        int needed = length + chunk.length();
        if (needed > body.length) {
            int size = Math.max(needed, Math.min(most, sizeToCome()));
            if (size > ORDINARY && !lease.hold(size, true)) {
                return false;
            }
            body = Arrays.copyOf(body, size);
        }
        chunk.getBytes(body, length);
        length = needed;
        return true;
    }

    /** How much is set aside next: some times as much as was, but not more than the client states. */
    private int sizeToCome() {
        int next = length == 0 ? ORDINARY : GROWTH * body.length;
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return header == null || header.length() > 8 ? next / 2 : Math.min(next, Integer.parseInt(header));
    }

    /** Whether it waits for its turn, so that it is not its client that is slow. */
    boolean waitsForItsTurn() {
        return turn != null && !turn.has();
    }

    /** Nothing more of it is received. */
    void endTurn() {
        if (turn != null) {
            turn.end();
        }
    }

    /** The whole body, which is let go of here: it may be large. */
    byte[] takeBody() {
        byte[] taken = length == body.length ? body : Arrays.copyOf(body, length);
        dropBody();
        return taken;
    }

    void dropBody() {
        body = NOTHING;
    }
}
