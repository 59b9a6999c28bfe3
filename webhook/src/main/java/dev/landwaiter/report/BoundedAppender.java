package dev.landwaiter.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes lines on a thread of its own, from a bounded buffer. Where lines come faster than they can be written, some are dropped: ordinary
 * ones first, then denials, warnings and errors last. What was dropped is counted, and told in the log once lines flow again.
 *
 * <p>An event loop never waits for the log, whatever happens to it: a reader that stalls would stop every admission, and the health endpoint
 * with them. Of all threads only virtual ones wait for room, for a moment, and only where what they log should not be lost; a platform thread
 * may be an event loop. Once somebody has waited in vain nobody waits any more until something was written.
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
    /** How long a virtual thread waits for room, at most. */
    private static final Duration PATIENCE = Duration.ofMillis(250);
    /** How often what was dropped is told, at most. */
    private static final Duration TELL = Duration.ofSeconds(5);
    /** Once it is to stop, how long it may take to write what is held. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final int SIXTEENTHS = 16;

    /** What a line tells of: the less it may be lost, the more of the room it may use. */
    enum Kind {
        ORDINARY(11),
        /** A tenant can cause as many as it likes, so the last of the room is not for them. */
        DENIAL(15),
        /** Warnings and errors. */
        WARNING(16);

        private final int sixteenths;

        Kind(int sixteenths) {
            this.sixteenths = sixteenths;
        }

        private int of(int room) {
            return (int) ((long) room * sixteenths / SIXTEENTHS);
        }

        private static Kind of(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                return WARNING;
            }
            boolean denial =
                    event.getMarkerList() != null && event.getMarkerList().contains(DecisionLog.DENIAL);
            return denial ? DENIAL : ORDINARY;
        }
    }

    private final Map<Kind, LongAdder> dropped = new EnumMap<>(Kind.class);
    private final Encoder<ILoggingEvent> encoder;
    private final OutputStream out;
    /** In bytes. */
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
    /** Somebody waited for room in vain, and nothing has been written since. */
    private volatile boolean stalled;

    private volatile boolean stopping;
    /** How many dropped lines were told of, and when; the writer's alone. */
    private long told;

    private long toldAt = System.nanoTime() - TELL.toNanos();

    BoundedAppender(Encoder<ILoggingEvent> encoder, OutputStream out) {
        this(encoder, out, ROOM);
    }

    /**
     * Writes lines to {@code out}.
     *
     * @param room for lines that are not written yet, in bytes
     */
    BoundedAppender(Encoder<ILoggingEvent> encoder, OutputStream out, int room) {
        this.encoder = encoder;
        this.out = out;
        this.room = room;
        for (Kind kind : Kind.values()) {
            dropped.put(kind, new LongAdder());
        }
    }

    /** How many lines of that kind were dropped. */
    long dropped(Kind kind) {
        return of(kind).sum();
    }

    private LongAdder of(Kind kind) {
        return Objects.requireNonNull(dropped.get(kind));
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Kind kind = Kind.of(event);
        if (held.get() > kind.of(room) && !roomComes(kind)) {
            of(kind).increment();
            return;
        }
        hold(encoder.encode(event));
        if (idle) {
            LockSupport.unpark(writer);
        }
    }

    /** Whether there is room, perhaps after a while, for a line of that kind. */
    private boolean roomComes(Kind kind) {
        if (kind == Kind.ORDINARY || stalled || !Thread.currentThread().isVirtual()) {
            return false;
        }
        // whoever logs learns of an interruption afterwards: the line comes first
        boolean interrupted = false;
        long end = System.nanoTime() + PATIENCE.toNanos();
        lock.lock();
        try {
            while (held.get() > kind.of(room)) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    stalled = true;
                    return false;
                }
                try {
                    long _ = written.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void hold(byte[] line) {
        lock.lock();
        try {
            gathered.writeBytes(line);
            held.addAndGet(line.length);
        } finally {
            lock.unlock();
        }
    }

    private void writeUntilStopped() {
        ByteArrayOutputStream spare = new ByteArrayOutputStream(USUAL);
        while (true) {
            boolean last = stopping;
            ByteArrayOutputStream lines = taken(spare);
            if (lines.size() > 0) {
                write(lines);
                spare = emptied(lines);
                tellWhatWasDropped(false);
                if (!last) {
                    LockSupport.parkNanos(this, GATHER.toNanos());
                }
            } else {
                spare = lines;
                tellWhatWasDropped(true);
                if (last) {
                    return;
                }
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
            stalled = false;
            written.signalAll();
        } finally {
            lock.unlock();
        }
        lines.reset();
        return size > USUAL ? new ByteArrayOutputStream(USUAL) : lines;
    }

    /** Where there is something to tell, and it is time or {@code now}. */
    private void tellWhatWasDropped(boolean now) {
        long all = dropped.values().stream().mapToLong(LongAdder::sum).sum();
        long time = System.nanoTime();
        if (all == told || (!now && time - toldAt < TELL.toNanos())) {
            return;
        }
        LoggerContext context = (LoggerContext) getContext();
        ILoggingEvent event = new LoggingEvent(
                BoundedAppender.class.getName(),
                context.getLogger(BoundedAppender.class),
                Level.WARN,
                "{} log lines were dropped because they came faster than they could be written; since the start {} ordinary ones, {} denials,"
                        + " {} warnings and errors. Check what reads the log",
                null,
                new Object[] {all - told, dropped(Kind.ORDINARY), dropped(Kind.DENIAL), dropped(Kind.WARNING)});
        told = all;
        toldAt = time;
        // not into the buffer, where there may be no room again
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(encoder.encode(event));
        write(line);
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
