package dev.landwaiter.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long the threads that work toward one deadline have waited for room, in sum. Safe for use by many threads. */
final class Waits {
    /** What this work is a part of, which waits as long; null where it is the whole. */
    private final @Nullable Waits whole;

    private long ended;
    private long begun;
    private long waiting;

    Waits(@Nullable Waits whole) {
        this.whole = whole;
    }

    void begin(long now) {
        for (Waits one = this; one != null; one = one.whole) {
            one.count(now, 0, 1);
        }
    }

    void end(long now) {
        for (Waits one = this; one != null; one = one.whole) {
            one.count(0, now, -1);
        }
    }

    private synchronized void count(long began, long end, int more) {
        begun += began;
        ended += end;
        waiting += more;
    }

    /** The sum until {@code now}, with what has not ended yet. Differences alone count, so that the clock may start anywhere. */
    synchronized Duration until(long now) {
        return Duration.ofNanos(Math.max(0, ended + waiting * now - begun));
    }
}
