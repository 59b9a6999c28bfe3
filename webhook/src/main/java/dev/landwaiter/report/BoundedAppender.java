package dev.landwaiter.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes lines on a thread of its own, from a bounded buffer. Where lines come faster than they can be written, ordinary ones are
 * dropped and counted; denials, warnings and errors are never lost: once there is no room left, whoever logs one waits.
 *
 * <p>Whoever logs makes the line's bytes, while what it tells of is still in the processor's caches; lines that come close together are
 * written together. Logback's own asynchronous appender hands events to its thread, wakes it and writes for each. The first line after a
 * silence is written at once, one after it at most {@link #GATHER} later.
 */
final class BoundedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** For lines that are not written yet, in bytes. */
    private static final int ROOM = 8 << 20;
    /** What is set aside for lines at all times, in bytes: a burst's memory is given back. */
    private static final int USUAL = 256 << 10;
    /** How long the writer lets lines come together after a write. */
    private static final Duration GATHER = Duration.ofMillis(20);
    /** Once it is to stop, how long it may take to write what is held. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final LongAdder dropped = new LongAdder();
    private final Encoder<ILoggingEvent> encoder;
    private final OutputStream out;
    /** In bytes: for lines that may be dropped, and for all. */
    private final int ordinaryRoom;

    private final int room;
    private final Thread writer =
            Thread.ofPlatform().name("log-writer").daemon().unstarted(this::writeUntilStopped);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition written = lock.newCondition();
    /** Lines that nobody writes yet. */
    private ByteArrayOutputStream gathered = new ByteArrayOutputStream(USUAL);
    /** How much is gathered or being written. */
    private final AtomicInteger held = new AtomicInteger();
    /** The writer waits for a line, however long that takes. */
    private volatile boolean idle;

    private volatile boolean stopping;

    BoundedAppender(Encoder<ILoggingEvent> encoder, OutputStream out) {
        this(encoder, out, ROOM);
    }

    /**
     * Writes lines to {@code out}.
     *
     * @param room for lines that are not written yet, in bytes; a quarter of it is kept for what must not be lost
     */
    BoundedAppender(Encoder<ILoggingEvent> encoder, OutputStream out, int room) {
        this.encoder = encoder;
        this.out = out;
        this.ordinaryRoom = room - room / 4;
        this.room = room;
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
        if (held.get() > ordinaryRoom && ordinary(event)) {
            dropped.increment();
            return;
        }
        hold(encoder.encode(event));
        if (idle) {
            LockSupport.unpark(writer);
        }
    }

    private void hold(byte[] line) {
        lock.lock();
        try {
            // whoever logs it learns of an interruption afterwards: the line comes first
            while (held.get() > room) {
                written.awaitUninterruptibly();
            }
            gathered.writeBytes(line);
            held.addAndGet(line.length);
        } finally {
            lock.unlock();
        }
    }

    private static boolean ordinary(ILoggingEvent event) {
        boolean denial = event.getMarkerList() != null && event.getMarkerList().contains(DecisionLog.DENIAL);
        return !denial && !event.getLevel().isGreaterOrEqual(Level.WARN);
    }

    private void writeUntilStopped() {
        ByteArrayOutputStream spare = new ByteArrayOutputStream(USUAL);
        while (true) {
            boolean last = stopping;
            ByteArrayOutputStream lines = taken(spare);
            if (lines.size() > 0) {
                write(lines);
                spare = emptied(lines);
                if (!last) {
                    LockSupport.parkNanos(this, GATHER.toNanos());
                }
            } else if (last) {
                return;
            } else {
                spare = lines;
                awaitLine();
            }
        }
    }

    /** What is gathered; from now on lines go to {@code spare}. */
    private ByteArrayOutputStream taken(ByteArrayOutputStream spare) {
        lock.lock();
        try {
            ByteArrayOutputStream lines = gathered;
            gathered = spare;
            return lines;
        } finally {
            lock.unlock();
        }
    }

    /** Counts {@code lines} as written and gives them back empty. */
    private ByteArrayOutputStream emptied(ByteArrayOutputStream lines) {
        int size = lines.size();
        lock.lock();
        try {
            held.addAndGet(-size);
            written.signalAll();
        } finally {
            lock.unlock();
        }
        lines.reset();
        return size > USUAL ? new ByteArrayOutputStream(USUAL) : lines;
    }

    /** Whoever holds a line after {@code idle} is set wakes this thread; one held before is seen here. */
    private void awaitLine() {
        idle = true;
        if (held.get() == 0 && !stopping) {
            LockSupport.park(this);
        }
        idle = false;
    }

    private void write(ByteArrayOutputStream lines) {
        try {
            lines.writeTo(out);
            out.flush();
        } catch (IOException | RuntimeException e) {
            addError("could not write " + lines.size() + " bytes of lines", e);
        }
    }

    /** Writes what is held, then ends the writer. */
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
