package dev.landwaiter.limit;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The instant by which all work for one request must be done, and on whose behalf it is done: passed to everything that waits. Immutable;
 * measured on a monotonic clock in nanoseconds.
 */
public final class Deadline {
    /** The tenant of work that no namespace asked for: the command line's, and our own. */
    public static final String NOBODY = "";

    private static final Deadline PASSED = new Deadline(() -> 1, 0, NOBODY);

    private final LongSupplier nanoClock;
    private final long at;
    private final String tenant;

    private Deadline(LongSupplier nanoClock, long at, String tenant) {
        this.nanoClock = nanoClock;
        this.at = at;
        this.tenant = tenant;
    }

    /** {@code from} now on the system's monotonic clock. */
    public static Deadline in(Duration from) {
        return in(from, System::nanoTime);
    }

    /** {@code from} now on {@code nanoClock}, which counts like {@link System#nanoTime}. */
    public static Deadline in(Duration from, LongSupplier nanoClock) {
        return new Deadline(nanoClock, nanoClock.getAsLong() + from.toNanos(), NOBODY);
    }

    /** One that has passed: whoever is given it answers what it knows, and starts no work. */
    public static Deadline passed() {
        return PASSED;
    }

    /** This deadline, for work on behalf of {@code tenant}: a namespace, whose share of what is common it uses. */
    public Deadline onBehalfOf(String tenant) {
        return new Deadline(nanoClock, at, tenant);
    }

    /** On whose behalf the work is done: a namespace, or {@link #NOBODY}. */
    public String tenant() {
        return tenant;
    }

    /** What is left, never below zero. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, at - nanoClock.getAsLong()));
    }

    public boolean expired() {
        return at - nanoClock.getAsLong() <= 0;
    }

    /** This deadline, or {@code most} from now if that is sooner. */
    public Deadline atMost(Duration most) {
        long then = nanoClock.getAsLong() + most.toNanos();
        return then - at < 0 ? new Deadline(nanoClock, then, tenant) : this;
    }

    /**
     * This deadline, {@code by} sooner, but by half of what is left at most: for work whose caller needs time to tell what came of it, and
     * so can say more than that it was cut off.
     */
    public Deadline sooner(Duration by) {
        long left = at - nanoClock.getAsLong();
        return left <= 0 ? this : new Deadline(nanoClock, at - Math.min(by.toNanos(), left / 2), tenant);
    }

    /** The failure of {@code what} that this deadline cut off. */
    public Failure exceeded(String what) {
        return new Failure(
                Code.DEADLINE_EXCEEDED,
                "Could not finish %s: the time for this request ran out. Try again, or raise the webhook's timeoutSeconds."
                        .formatted(what));
    }

    /** Throws {@link Code#DEADLINE_EXCEEDED} for {@code what} where the time has run out. */
    public void check(String what) {
        if (expired()) {
            throw exceeded(what);
        }
    }
}
