package dev.landwaiter.limit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What one piece of work has cost: of the work itself, and of what others did for it. Safe for use by many threads. */
final class Ledger {
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final AtomicLong longestQueued = new AtomicLong();
    private final Set<RegistryCall> underWay = ConcurrentHashMap.newKeySet();
    private final Set<Ledger> joined = ConcurrentHashMap.newKeySet();
    /** What this work is a part of, which bears its cost too; null where it is the whole, and once it has ended. */
    private volatile @Nullable Ledger whole;

    Ledger(@Nullable Ledger whole) {
        this.whole = whole;
    }

    /**
     * A sum.
     *
     * @param requests that were answered
     * @param longest that a request took or has taken so far, in nanoseconds, without what it waited for room of our own
     * @param longestQueued that a request waited for room of our own, in nanoseconds
     */
    record Cost(long requests, long bytes, long longest, long longestQueued) {
        private static final Cost NOTHING = new Cost(0, 0, 0, 0);

        private Cost and(Ledger one) {
            long longestNow = Math.max(longest, one.longest.get());
            long queuedNow = Math.max(longestQueued, one.longestQueued.get());
            for (RegistryCall call : one.underWay) {
                longestNow = Math.max(longestNow, call.took());
                queuedNow = Math.max(queuedNow, call.queued());
            }
            return new Cost(requests + one.answered.get(), bytes + one.bytes.get(), longestNow, queuedNow);
        }
    }

    /** This one, and all that it is a part of. */
    List<Ledger> path() {
        List<Ledger> path = new ArrayList<>();
        for (Ledger one = this; one != null; one = one.whole) {
            path.add(one);
        }
        return path;
    }

    void begun(RegistryCall call) {
        underWay.add(call);
    }

    void received(long amount) {
        bytes.addAndGet(amount);
    }

    void ended(RegistryCall call, boolean withAnswer) {
        longest.accumulateAndGet(call.took(), Math::max);
        longestQueued.accumulateAndGet(call.queued(), Math::max);
        answered.addAndGet(withAnswer ? 1 : 0);
        underWay.remove(call);
    }

    /** Notes that this work waits for what is done on another account. */
    void join(Ledger other) {
        path().forEach(one -> one.joined.add(other));
    }

    /** The work has ended: whoever waited for it still sees what it cost, and holds nothing else by it. */
    void end() {
        whole = null;
    }

    /** Of this work so far, and of all that it waited for. */
    Cost cost() {
        return cost(Cost.NOTHING, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private Cost cost(Cost before, Set<Ledger> counted) {
        if (!counted.add(this)) {
            return before;
        }
        Cost cost = before.and(this);
        for (Ledger other : joined) {
            cost = other.cost(cost, counted);
        }
        return cost;
    }
}
