package dev.landwaiter.limit;

import java.time.Duration;

/** How long the threads that work toward one deadline have waited for room, in sum. Safe for use by many threads. */
final class Waits {
    private long ended;
    private long begun;
    private long waiting;

    synchronized void begin(long now) {
        begun += now;
        waiting++;
    }

    synchronized void end(long now) {
        ended += now;
        waiting--;
    }

    /** The sum until {@code now}, with what has not ended yet. Differences alone count, so that the clock may start anywhere. */
    synchronized Duration until(long now) {
        return Duration.ofNanos(Math.max(0, ended + waiting * now - begun));
    }
}
