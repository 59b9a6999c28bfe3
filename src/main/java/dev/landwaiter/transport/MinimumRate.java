package dev.landwaiter.transport;

import java.time.Duration;

/**
 * Whether bytes come fast enough: for how long they may come more slowly than a rate. Time that was spent waiting for them wears the patience,
 * bytes restore it, and never beyond what it was in the beginning, so that nothing is gained by being fast at first.
 */
final class MinimumRate {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final long bytesPerSecond;
    private final long most;
    private long patience;

    /** @param slow for how long nothing at all may come */
    MinimumRate(long bytesPerSecond, Duration slow) {
        this.bytesPerSecond = bytesPerSecond;
        this.most = slow.toNanos();
        this.patience = most;
    }

    void waited(long nanos) {
        patience -= nanos;
    }

    void received(long bytes) {
        // whoever sends so much at once has made up for everything, and the product below stays within a long
        long whole = bytes / bytesPerSecond;
        long restored =
                whole > most / SECOND ? most : whole * SECOND + bytes % bytesPerSecond * SECOND / bytesPerSecond;
        patience = Math.min(most, patience + restored);
    }

    /** For how many nanoseconds more nothing may come; 0 or less where it was too slow. */
    long left() {
        return patience;
    }
}
