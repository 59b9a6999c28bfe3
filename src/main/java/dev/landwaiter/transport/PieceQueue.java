package dev.landwaiter.transport;

import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a body between the event loop that they arrive on and the thread that reads them. The event loop never waits: where the reader is
 * slower, the source is told to pause, and its peer stops sending once its window is full.
 */
final class PieceQueue {
    /** How many bytes wait here, apart from the last piece, before the source is paused. */
    static final int FULL = 128 << 10;
    /** The same for the number of pieces: a peer may send a byte at a time, and each takes more room than its bytes. */
    static final int MANY = 1_024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private @Nullable ReadStream<?> source;
    private @Nullable Throwable failed;
    private long held;
    private boolean paused;

    /** Where the pieces come from, before the first of them. */
    void from(ReadStream<?> stream) {
        lock.lock();
        try {
            source = stream;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a piece that has arrived; on the event loop. */
    void add(byte[] piece) {
        lock.lock();
        try {
            if (over.isDone() || piece.length == 0) {
                return;
            }
            pieces.addLast(piece);
            held += piece.length;
            if (!paused && (held >= FULL || pieces.size() >= MANY) && source != null) {
                paused = true;
                source.pause();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** All pieces have arrived. */
    void end() {
        boolean _ = over(null, false);
    }

    /** No more pieces will come, because of {@code thrown}; those that came are still given out. */
    void fail(Throwable thrown) {
        boolean _ = over(thrown, false);
    }

    /** Nobody wants them any more. Returns whether anything was still to come. */
    boolean cancel(Throwable thrown) {
        return over(thrown, true);
    }

    private boolean over(@Nullable Throwable thrown, boolean drop) {
        boolean first;
        lock.lock();
        try {
            first = !over.isDone();
            if (first || drop) {
                failed = thrown;
            }
            if (drop) {
                pieces.clear();
                held = 0;
            }
            changed.signalAll();
            // within the lock, so that whoever sees no more pieces sees that it is over
            boolean _ = over.complete(null);
        } finally {
            lock.unlock();
        }
        return first;
    }

    /** Runs {@code then} once nothing more is to come, at once where that is so; it must not wait. */
    void whenOver(Runnable then) {
        CompletableFuture<Void> _ = over.thenRun(then);
    }

    boolean isOver() {
        return over.isDone();
    }

    /** How many bytes wait here. */
    long held() {
        lock.lock();
        try {
            return held;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next piece, and null after the last one. Waits so many nanoseconds for one.
     *
     * @throws TimeoutException where none came
     * @throws ExecutionException by what {@link #fail} or {@link #cancel} was told
     */
    byte @Nullable [] take(long nanos) throws InterruptedException, TimeoutException, ExecutionException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (pieces.isEmpty() && !over.isDone()) {
                if (left <= 0) {
                    throw new TimeoutException();
                }
                left = changed.awaitNanos(left);
            }
            byte[] piece = pieces.pollFirst();
            if (piece != null) {
                held -= piece.length;
                goOn();
            } else if (failed != null) {
                throw new ExecutionException(failed);
            }
            return piece;
        } finally {
            lock.unlock();
        }
    }

    private void goOn() {
        if (paused && held <= FULL / 2 && pieces.size() <= MANY / 2 && source != null && !over.isDone()) {
            paused = false;
            source.resume();
        }
    }
}
