package dev.landwaiter.report;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counters with a label that tenants choose: of so many series and no more. A series that counts often stays, whatever others are made; one
 * that had to go begins at zero when it comes again, which Prometheus takes for a restart.
 *
 * @param <K> what tells the series apart
 */
final class BoundedCounters<K> {
    private final Cache<K, Counter> counters;
    private final Function<K, Counter> make;

    /**
     * No counters yet.
     *
     * @param most how many series
     * @param make a counter's description and labels
     */
    BoundedCounters(MeterRegistry registry, int most, Function<K, Counter.Builder> make) {
        this.make = key -> make.apply(key).register(registry);
        this.counters = Caffeine.newBuilder()
                .maximumSize(most)
                .executor(Runnable::run)
                .evictionListener((@Nullable K _, @Nullable Counter gone, RemovalCause _) -> {
                    if (gone != null) {
                        var _ = registry.remove(gone);
                    }
                })
                .build();
    }

    void increment(K key) {
        counters.get(key, make).increment();
    }
}
