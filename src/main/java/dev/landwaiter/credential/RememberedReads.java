package dev.landwaiter.credential;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.SingleFlight;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What was read of a source, by key: long where there was something, briefly where there was nothing, failures never. */
final class RememberedReads<K, V> {
    /** Younger than this, nothing is read again, however many ask: a thousand Pods with a stale Secret cost one look. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    /** Of memory, in bytes, about: what is remembered was written by tenants. */
    private static final long MOST_BYTES = 16 << 20;
    /** What remembering takes besides, in bytes, about. */
    private static final int OVERHEAD = 256;

    private final Ticker ticker;
    private final Cache<K, Read<V>> known;
    private final SingleFlight<K, Read<V>> flights = new SingleFlight<>(read -> true);

    /**
     * One that remembers nothing yet.
     *
     * @param weight of a value, in bytes, about
     */
    RememberedReads(Duration present, Duration absent, Ticker ticker, ToIntFunction<V> weight) {
        this.ticker = ticker;
        this.known = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumWeight(MOST_BYTES)
                .weigher((K _, Read<V> read) ->
                        (int) Math.min(MOST_BYTES, OVERHEAD + (long) weight.applyAsInt(read.value())))
                .expireAfter(Expiry.<K, Read<V>>creating((key, read) -> read.present() ? present : absent))
                .executor(Runnable::run)
                .build();
    }

    /** What is remembered, null for nothing. */
    @Nullable
    V remembered(K key) {
        Read<V> read = known.getIfPresent(key);
        return read == null ? null : read.value();
    }

    /** What is remembered, else what {@code reading} gives on the account of whoever asks first; {@code what} it reads goes into messages. */
    V get(K key, Deadline deadline, String what, Function<Deadline, Read<V>> reading) {
        return flights.get(key, deadline, what, own -> {
                    Read<V> meanwhile = known.getIfPresent(key);
                    if (meanwhile != null) {
                        return meanwhile;
                    }
                    Read<V> read = reading.apply(own);
                    known.put(key, read);
                    return read;
                })
                .value();
    }

    Read<V> read(V value, boolean present) {
        return new Read<>(value, present, ticker.read());
    }

    /** Forgets {@code key}, unless it was read just now. */
    void forget(K key) {
        Read<V> read = known.getIfPresent(key);
        if (read != null && ticker.read() - read.at() >= FRESH.toNanos()) {
            known.asMap().remove(key, read);
        }
    }

    /**
     * One reading.
     *
     * @param present whether there was something
     * @param at by the ticker, in nanoseconds
     */
    record Read<V>(V value, boolean present, long at) {}
}
