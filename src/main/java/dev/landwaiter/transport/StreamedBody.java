package dev.landwaiter.transport;

import dev.landwaiter.failure.Failure;
import io.vertx.core.Context;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of a streamed answer, for one reader. Its peer is waited for only as long as it may be silent or slow; the time that the reader takes
 * between two reads is not counted.
 */
final class StreamedBody extends InputStream {
    private static final byte[] NOTHING = {};

    private final PieceQueue pieces;
    private final Ending ending;
    private final Duration idle;
    private final MinimumRate rate;
    private final LongSupplier nanoClock;
    private byte @Nullable [] piece = NOTHING;
    private int next;
    private volatile boolean closed;

    /**
     * @param idle for how long the peer may send nothing
     * @param rate what it has to send at least
     */
    StreamedBody(PieceQueue pieces, Ending ending, Duration idle, MinimumRate rate, LongSupplier nanoClock) {
        this.pieces = pieces;
        this.ending = ending;
        this.idle = idle;
        this.rate = rate;
        this.nanoClock = nanoClock;
    }

    /** What is done where a body ends before its end. */
    interface Ending {
        /** Ends the exchange whose peer keeps the reader waiting, and says why. */
        Failure waitedInVain(boolean silent);

        /** Ends the exchange, since its reader was interrupted. */
        Failure interrupted();

        /** What {@code thrown}, which ended the exchange, means. */
        Failure told(Throwable thrown);

        /** Ends the exchange, if it is still under way: nobody wants the rest. */
        void cancelled();
    }

    @Override
    public int read() {
        return arrived() ? Objects.requireNonNull(piece)[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!arrived()) {
            return -1;
        }
        byte[] from = Objects.requireNonNull(piece);
        int count = Math.min(length, from.length - next);
        System.arraycopy(from, next, target, offset, count);
        next += count;
        return count;
    }

    @Override
    public int available() {
        return piece == null ? 0 : piece.length - next;
    }

    /** Ends the exchange; by any thread. A reader that waits is told so. */
    @Override
    public void close() {
        closed = true;
        ending.cancelled();
    }

    /** Whether there is a byte to read; waits for it. */
    private boolean arrived() {
        if (closed) {
            throw new CancellationException("this stream was closed");
        }
        while (piece != null && next == piece.length) {
            piece = take();
            next = 0;
        }
        return piece != null;
    }

    private byte @Nullable [] take() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("a body must not be read on an event loop");
        }
        long began = nanoClock.getAsLong();
        boolean silent = idle.toNanos() <= rate.left();
        try {
            byte[] taken = pieces.take(Math.min(idle.toNanos(), rate.left()));
            rate.waited(nanoClock.getAsLong() - began);
            rate.received(taken == null ? 0 : taken.length);
            return taken;
        } catch (TimeoutException e) {
            throw ending.waitedInVain(silent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ending.interrupted();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CancellationException cancelled) {
                throw cancelled;
            }
            throw ending.told(Objects.requireNonNull(e.getCause()));
        }
    }
}
