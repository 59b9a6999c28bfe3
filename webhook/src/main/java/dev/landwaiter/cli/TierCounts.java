package dev.landwaiter.cli;

import dev.landwaiter.fetch.TierListener;
import java.util.concurrent.atomic.LongAdder;

/** Counts how the memory tier answered, for metrics. */
final class TierCounts implements TierListener {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

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

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }
}
