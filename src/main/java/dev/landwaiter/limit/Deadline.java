package dev.landwaiter.limit;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The instant by which all work for one request must be done, on whose behalf it is done, and what it may cost: passed to everything that
 * waits. Measured on a monotonic clock in nanoseconds.
 *
 * <p>Immutable, but that it knows how long the work has waited for room, on all threads and under all deadlines that were made of this one.
 * Time that runs out after such a wait is our lack of room ({@link Code#OVERLOADED}, which denies) and never 'could not check': whoever
 * fills the room could choose that moment.
 */
public final class Deadline {
    /** The tenant of work that no namespace asked for: the command line's, and our own. */
    public static final String NOBODY = "";

    /** Shorter waits are no reason why time ran out. */
    private static final Duration NOTABLE = Duration.ofMillis(100);

    private static final Deadline PASSED = of(() -> 1, 0);

    private final LongSupplier nanoClock;
    private final long at;
    private final String tenant;
    private final Waits waits;
    private final Budget budget;
    private final RegistryCall call;

    private Deadline(LongSupplier nanoClock, long at, String tenant, Waits waits, Budget budget, RegistryCall call) {
        this.nanoClock = nanoClock;
        this.at = at;
        this.tenant = tenant;
        this.waits = waits;
        this.budget = budget;
        this.call = call;
    }

    private static Deadline of(LongSupplier nanoClock, long at) {
        return new Deadline(nanoClock, at, NOBODY, new Waits(null), Budget.UNBOUNDED, RegistryCall.UNBOUNDED);
    }

    private Deadline at(long other) {
        return new Deadline(nanoClock, other, tenant, waits, budget, call);
    }

    /** {@code from} now on the system's monotonic clock. */
    public static Deadline in(Duration from) {
        return in(from, System::nanoTime);
    }

    /** {@code from} now on {@code nanoClock}, which counts like {@link System#nanoTime}. */
    public static Deadline in(Duration from, LongSupplier nanoClock) {
        return of(nanoClock, nanoClock.getAsLong() + from.toNanos());
    }

    /** One that has passed: whoever is given it answers what it knows, and starts no work. */
    public static Deadline passed() {
        return PASSED;
    }

    /**
     * This deadline, for work on behalf of {@code tenant}, whose share of what is common it uses: a namespace, or an address where whoever
     * asks could say any namespace. Work that is on somebody's behalf already stays so: what a request says of itself does not change who sent it.
     */
    public Deadline onBehalfOf(String tenant) {
        return this.tenant.equals(NOBODY) ? new Deadline(nanoClock, at, tenant, waits, budget, call) : this;
    }

    /** On whose behalf the work is done: a namespace, an address, or {@link #NOBODY}. */
    public String tenant() {
        return tenant;
    }

    /** This deadline, for work that spends from {@code budget}, and knows by itself how long it waited for room. */
    public Deadline within(Budget budget) {
        return new Deadline(nanoClock, at, tenant, new Waits(waits), budget, call);
    }

    /** What the work may cost. */
    public Budget budget() {
        return budget;
    }

    /** This deadline, for the one request that {@code call} is. */
    public Deadline of(RegistryCall call) {
        return new Deadline(nanoClock, at, tenant, waits, budget, call);
    }

    /** What to charge for the request that is being sent. */
    public RegistryCall call() {
        return call;
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
        return then - at < 0 ? at(then) : this;
    }

    /**
     * This deadline, {@code by} sooner, but by half of what is left at most: for work whose caller needs time to tell what came of it, and
     * so can say more than that it was cut off.
     */
    public Deadline sooner(Duration by) {
        long left = at - nanoClock.getAsLong();
        return left <= 0 ? this : at(at - Math.min(by.toNanos(), left / 2));
    }

    /** The work now waits for room that others have; {@link #goesOn} follows. */
    void waitsForRoom() {
        call.queue();
        waits.begin(nanoClock.getAsLong());
    }

    void goesOn() {
        waits.end(nanoClock.getAsLong());
        call.dequeue();
    }

    /** Whether the work has waited for room for so long that it matters. */
    boolean heldUp() {
        return waited().compareTo(NOTABLE) >= 0;
    }

    private Duration waited() {
        return waits.until(nanoClock.getAsLong());
    }

    /** The lack of room for which {@code what} was not finished in time; empty where the work hardly had to wait for any. */
    public Optional<Failure> lackOfRoom(String what) {
        return !heldUp()
                ? Optional.empty()
                : Optional.of(new Failure(
                        Code.OVERLOADED,
                        "Could not finish %s: the time for this request ran out, because it had to wait %d milliseconds in all for others to finish. Try again later."
                                .formatted(what, waited().toMillis())));
    }

    /** The failure of {@code what} that this deadline cut off. */
    public Failure exceeded(String what) {
        return lackOfRoom(what).orElseGet(() -> outOfTime(what));
    }

    private static Failure outOfTime(String what) {
        return new Failure(
                Code.DEADLINE_EXCEEDED,
                "Could not finish %s: the time for this request ran out. Try again, or raise the webhook's timeoutSeconds."
                        .formatted(what));
    }

    /** Throws {@link #exceeded} for {@code what} where the time has run out. */
    public void check(String what) {
        if (expired()) {
            throw exceeded(what);
        }
    }
}
