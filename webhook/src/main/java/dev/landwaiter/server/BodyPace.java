package dev.landwaiter.server;

import java.time.Duration;

/**
 * Whether a body arrives fast enough: at least so many bytes in each window. Time is counted in sweeps, so that an event loop which is late
 * itself blames nobody.
 */
final class BodyPace {
    /** In sweeps: long enough for a lost packet to be sent again. */
    static final int WINDOW = 8;

    private final long least;
    private long before;
    private int sweeps;

    /**
     * From now on.
     *
     * @param bytesPerSecond that have to arrive at least
     * @param received how many have arrived so far
     */
    BodyPace(long bytesPerSecond, long received) {
        Duration window = ServerOptions.SWEEP.multipliedBy(WINDOW);
        this.least = bytesPerSecond * window.toMillis() / 1000;
        this.before = received;
    }

    /** At each sweep: whether a window ended in which too little came. */
    boolean tooSlow(long received) {
        sweeps++;
        if (sweeps < WINDOW) {
            return false;
        }
        boolean slow = received - before < least;
        sweeps = 0;
        before = received;
        return slow;
    }
}
