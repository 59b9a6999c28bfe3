package dev.landwaiter.limit;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * One request that was taken out of a {@link Budget}, until it is closed: it is charged for what is read of the answer, and timed. The time
 * that it waits for room of our own (a connection, a place in a queue) does not count as the registry's. Its methods may be called by any
 * thread.
 */
public final class RegistryCall implements AutoCloseable {
    /** Of work that nobody bounds. */
    public static final RegistryCall UNBOUNDED = new RegistryCall(List.of(), new Account(_ -> {}, () -> {}), () -> 0);

    private final List<Ledger> ledgers;
    private final Account account;
    private final LongSupplier nanoClock;
    private final long begun;
    private long queued;
    private long queuedSince;
    private boolean queueing;
    private volatile boolean answered;

    private RegistryCall(List<Ledger> ledgers, Account account, LongSupplier nanoClock) {
        this.ledgers = ledgers;
        this.account = account;
        this.nanoClock = nanoClock;
        this.begun = nanoClock.getAsLong();
    }

    /** One that has begun, and is written down in {@code ledger} and in what that is a part of. */
    static RegistryCall begin(Ledger ledger, Account account, LongSupplier nanoClock) {
        RegistryCall call = new RegistryCall(ledger.path(), account, nanoClock);
        call.ledgers.forEach(one -> one.begun(call));
        return call;
    }

    /**
     * Where it was taken from.
     *
     * @param bytes takes bytes of an answer, or throws
     * @param end is run once, at its end
     */
    record Account(LongConsumer bytes, Runnable end) {}

    /**
     * Charges for {@code amount} bytes of an answer that have arrived.
     *
     * @throws dev.landwaiter.failure.Failure {@code BUDGET_EXCEEDED} where the budget has no more
     */
    public void received(long amount) {
        ledgers.forEach(one -> one.received(amount));
        account.bytes().accept(amount);
    }

    /** From now on it waits for room of our own. */
    public synchronized void queue() {
        queueing = true;
        queuedSince = nanoClock.getAsLong();
    }

    /** From now on it waits for its peer again. */
    public synchronized void dequeue() {
        queued = queued();
        queueing = false;
    }

    /** Its whole answer is there. */
    public void answered() {
        answered = true;
    }

    /** Ends it, with or without an answer. */
    @Override
    public void close() {
        ledgers.forEach(one -> one.ended(this, answered));
        account.end().run();
    }

    /** How long it has waited for room of our own, in nanoseconds. */
    synchronized long queued() {
        return queueing ? queued + nanoClock.getAsLong() - queuedSince : queued;
    }

    /** How long its peer has taken so far, in nanoseconds. */
    synchronized long took() {
        return nanoClock.getAsLong() - begun - queued();
    }
}
