package dev.landwaiter.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.image.ImageReference;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Everything the memory tier keeps, within one bound of bytes. Every key holds the identity of the credential that was shown: what one may
 * see is no answer for another.
 */
final class Memory {
    private final Cache<MemoryKey, MemoryEntry> entries;
    private final AtomicLong generation = new AtomicLong();

    Memory(long bytes) {
        // maintenance on the calling thread: short, and no pool of threads to wait for
        this.entries = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher(Memory::weight)
                .executor(Runnable::run)
                .build();
    }

    @Nullable
    MemoryEntry get(MemoryKey key) {
        return entries.getIfPresent(key);
    }

    /** Puts {@code then} in the place of {@code now}; false where something else stands there by now. */
    boolean replace(MemoryKey key, MemoryEntry now, MemoryEntry then) {
        return entries.asMap().replace(key, now, then);
    }

    /** A number to be given to {@link #put}: what was asked for before {@link #clear} is not kept after it. */
    long generation() {
        return generation.get();
    }

    void put(MemoryKey key, MemoryEntry entry, long ofGeneration) {
        if (generation.get() == ofGeneration) {
            entries.put(key, entry);
            if (generation.get() != ofGeneration) {
                entries.invalidate(key);
            }
        }
    }

    void clear() {
        generation.incrementAndGet();
        entries.invalidateAll();
    }

    /** Forgets what is of the repository of {@code reference}. */
    void clear(ImageReference reference) {
        generation.incrementAndGet();
        entries.asMap().keySet().removeIf(key -> key.isOf(reference));
    }

    /** About how many bytes are taken. */
    long bytes() {
        OptionalLong weighted = entries.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize())
                .orElse(OptionalLong.empty());
        return weighted.orElse(0);
    }

    private static long ofDoubt(MemoryEntry.@Nullable Doubt doubt) {
        return doubt == null ? 0 : 200 + 4L * doubt.why().message().length();
    }

    /** An estimate: an object for each field of a document, whose text is held about twice. */
    private static int weight(MemoryKey key, MemoryEntry entry) {
        long bytes = 300
                + switch (entry) {
                    case MemoryEntry.Names names -> 200 + ofDoubt(names.doubt());
                    case MemoryEntry.Known known ->
                        500 + 4 * known.image().document().size();
                    case MemoryEntry.Told told -> {
                        long characters = 0;
                        for (var label : told.details().config().labels().entrySet()) {
                            characters += 100
                                    + label.getKey().length()
                                    + label.getValue().length();
                        }
                        yield 500 + 2 * characters;
                    }
                    case MemoryEntry.Failed failed ->
                        200 + 4L * failed.failure().message().length();
                };
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
