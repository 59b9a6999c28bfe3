package dev.landwaiter.report;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes lines on a thread of its own, from a bounded queue. Where lines come faster than they can be written, ordinary ones are dropped and
 * counted; denials, warnings and errors are never lost: once nothing else is left to drop, whoever logs one waits.
 */
final class BoundedAppender extends AsyncAppender {
    private static final int QUEUE = 8192;
    /** Kept free for what must not be lost. */
    private static final int RESERVE = QUEUE / 4;

    private final LongAdder dropped = new LongAdder();

    BoundedAppender() {
        setQueueSize(QUEUE);
        // what to drop is decided here: the base class knows no denials
        setDiscardingThreshold(0);
        setNeverBlock(false);
    }

    /** How many lines were dropped. */
    long dropped() {
        return dropped.sum();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (getRemainingCapacity() < RESERVE && ordinary(event)) {
            dropped.increment();
        } else {
            super.append(event);
        }
    }

    private static boolean ordinary(ILoggingEvent event) {
        boolean denial = event.getMarkerList() != null && event.getMarkerList().contains(DecisionLog.DENIAL);
        return !denial && !event.getLevel().isGreaterOrEqual(Level.WARN);
    }
}
