package dev.landwaiter.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.OptionalLong;

/**
 * Records that were derived before. The Pods of one workload bring the same images under the same policies, so what is rendered for one of
 * them serves the others. Equal records have one text, whatever time has passed, so nothing here grows old. Safe for use by many threads.
 */
public final class RecentRecords {
    /** In characters of their texts, which are held plain and escaped. */
    private static final long MOST = 2 << 20;

    private final Cache<Records, Records> known = Caffeine.newBuilder()
            .maximumWeight(MOST)
            .weigher((Records records, Records _) -> records.text().length())
            .executor(Runnable::run)
            .build();

    /** Those that equal {@code records} and were derived before, else {@code records} themselves. */
    public Records same(Records records) {
        Records before = known.getIfPresent(records);
        if (before != null) {
            return before;
        }
        known.put(records, records);
        return records;
    }

    /** How many characters are held, as texts. */
    long characters() {
        known.cleanUp();
        OptionalLong weighted = known.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize())
                .orElse(OptionalLong.empty());
        return weighted.orElse(0);
    }
}
