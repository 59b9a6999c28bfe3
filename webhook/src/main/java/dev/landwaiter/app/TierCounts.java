package dev.landwaiter.app;

import dev.landwaiter.fetch.TierListener;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts how the memory tier answered, for metrics. */
final class TierCounts implements TierListener {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder unconfirmed = new LongAdder();
    // fields, because meters keep what they ask by weak references alone
    private final LongSupplier hitsSoFar = hits::sum;
    private final LongSupplier missesSoFar = misses::sum;
    private final LongSupplier unconfirmedSoFar = unconfirmed::sum;

    @Override
    public void hit() {
        hits.increment();
    }

    @Override
    public void miss() {
        misses.increment();
    }

    @Override
    public void revalidated() {
        hits.increment();
    }

    @Override
    public void joined() {
        hits.increment();
    }

    @Override
    public void unconfirmed() {
        unconfirmed.increment();
    }

    /** Lives as long as this does. */
    LongSupplier unconfirmedTags() {
        return unconfirmedSoFar;
    }

    /** Lives as long as this does. */
    LongSupplier hits() {
        return hitsSoFar;
    }

    /** Lives as long as this does. */
    LongSupplier misses() {
        return missesSoFar;
    }
}
