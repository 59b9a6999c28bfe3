package dev.landwaiter.settings;

import dev.landwaiter.limit.Limit;
import java.util.EnumMap;
import java.util.Map;

/**
 * The defaults that are shares of the JVM's largest heap, so that a small container is not promised more than it has, and a large one is
 * used. What is remembered for long comes to a quarter of the heap at most: half of it is old generation, and policies live there too.
 *
 * @param maxHeap bytes
 */
record HeapShares(long maxHeap) {
    /** Of what registries said. */
    static final int MEMORY_TIER_PERCENT = 12;

    private static final long PERCENT = 100;
    private static final Map<Limit, Share> LIMITS = new EnumMap<>(Map.of(
            Limit.REMEMBERED_VERDICT_BYTES, new Share(8, 1 << 20),
            Limit.REMEMBERED_TOKEN_BYTES, new Share(2, 1 << 20),
            Limit.REMEMBERED_CHALLENGE_BYTES, new Share(1, 256 << 10),
            // the largest review has to find room, with as much again three times
            Limit.REVIEW_BYTES_AT_ONCE, new Share(12, SettingsCheck.ROOM * Limit.REVIEW_BYTES.byDefault())));

    private record Share(int percent, long least) {}

    static HeapShares ofThisProcess() {
        return new HeapShares(Runtime.getRuntime().maxMemory());
    }

    /** What {@code percent} of the heap is. */
    long bytes(int percent) {
        return maxHeap / PERCENT * percent;
    }

    /** The defaults of those limits that are shares. Limits are used as int: none is above what fits. */
    Map<Limit, Long> limits() {
        Map<Limit, Long> defaults = new EnumMap<>(Limit.class);
        LIMITS.forEach((limit, share) ->
                defaults.put(limit, Math.clamp(bytes(share.percent), share.least, Integer.MAX_VALUE)));
        return defaults;
    }

    /** The default of {@code limit} as help and documentation show it, which have no heap: {@code 524288}, {@code 12% heap}. */
    static String shown(Limit limit) {
        Share share = LIMITS.get(limit);
        return share == null ? String.valueOf(limit.byDefault()) : share.percent + "% heap";
    }
}
