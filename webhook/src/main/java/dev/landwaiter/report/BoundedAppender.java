package dev.landwaiter.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes lines on a thread of its own, from a bounded queue. Where lines come faster than they can be written, ordinary ones are dropped and
 * counted; denials, warnings and errors are never lost: once nothing else is left to drop, whoever logs one waits.
 *
 * <p>Lines that come close together are written together: logback's own asynchronous appender wakes its thread and writes for each, which
 * costs a busy server a sixth of its core. The first line after a silence is written at once, one after it at most {@link #GATHER} later.
 */
final class BoundedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int QUEUE = 8192;
    /** In bytes: a decision on three images. */
    private static final int USUAL_LINE = 1536;
    /** Kept free for what must not be lost. */
    private static final int RESERVE = QUEUE / 4;
    /** How long the writer lets lines come together after a write. */
    private static final Duration GATHER = Duration.ofMillis(5);
    /** Once it is to stop, how long it may take to write what is queued. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LongAdder dropped = new LongAdder();
    private final Encoder<ILoggingEvent> encoder;
    private final OutputStream out;
    private final Thread writer =
            Thread.ofPlatform().name("log-writer").daemon().unstarted(this::writeUntilStopped);
    /** The writer waits for a line, however long that takes. */
    private volatile boolean idle;

    private volatile boolean stopping;

    BoundedAppender(Encoder<ILoggingEvent> encoder, OutputStream out) {
        this.encoder = encoder;
        this.out = out;
    }

    /** How many lines were dropped. */
    long dropped() {
        return dropped.sum();
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        boolean scarce = queue.remainingCapacity() < RESERVE;
        if (scarce && ordinary(event)) {
            dropped.increment();
            return;
        }
        event.prepareForDeferredProcessing();
        put(event);
        if (idle || scarce) {
            LockSupport.unpark(writer);
        }
    }

    private void put(ILoggingEvent event) {
        boolean interrupted = false;
        while (true) {
            try {
                queue.put(event);
                break;
            } catch (InterruptedException e) {
                // the line comes first; whoever logged it learns of the interruption afterwards
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ordinary(ILoggingEvent event) {
        boolean denial = event.getMarkerList() != null && event.getMarkerList().contains(DecisionLog.DENIAL);
        return !denial && !event.getLevel().isGreaterOrEqual(Level.WARN);
    }

    private void writeUntilStopped() {
        List<ILoggingEvent> lines = new ArrayList<>();
        while (true) {
            boolean last = stopping;
            int _ = queue.drainTo(lines);
            if (!lines.isEmpty()) {
                write(lines);
                lines.clear();
                if (!last) {
                    LockSupport.parkNanos(this, GATHER.toNanos());
                }
            } else if (last) {
                return;
            } else {
                awaitLine();
            }
        }
    }

    /** Whoever queues a line after {@code idle} is set wakes this thread; one queued before is seen here. */
    private void awaitLine() {
        idle = true;
        if (queue.isEmpty() && !stopping) {
            LockSupport.park(this);
        }
        idle = false;
    }

    private void write(List<ILoggingEvent> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_LINE * lines.size());
        try {
            for (ILoggingEvent line : lines) {
                bytes.writeBytes(encoder.encode(line));
            }
            bytes.writeTo(out);
            out.flush();
        } catch (IOException | RuntimeException e) {
            addError("could not write " + lines.size() + " lines", e);
        }
    }

    /** Writes what is queued, then ends the writer. */
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        stopping = true;
        LockSupport.unpark(writer);
        try {
            boolean _ = writer.join(LAST_WORDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
