package dev.landwaiter.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.image.ImageReference;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Where HEAD tells nothing about a tag although GET does: so many registries answer it otherwise, or not at all, that only what GET says
 * counts. Remembered for each repository, so that whoever runs one sees to it for no other, and for a while, because registries are repaired.
 */
final class HeadHabits {
    /** An answer that failed once may have been bad luck; GET costs more, and is limited more strictly. */
    private static final int HABIT = 2;

    private static final int REPOSITORIES = 10_000;
    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** How often in a row HEAD told nothing. */
    private final Cache<Repository, Integer> vain;

    HeadHabits(LongSupplier nanoClock) {
        Ticker ticker = nanoClock::getAsLong;
        this.vain = Caffeine.newBuilder()
                .maximumSize(REPOSITORIES)
                .expireAfterWrite(REMEMBERED)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    private record Repository(String host, String path) {
        static Repository of(ImageReference reference) {
            return new Repository(reference.host(), reference.repository());
        }
    }

    /** Whether it is worth while to ask by HEAD what tags of {@code reference}'s repository name. */
    boolean worthwhile(ImageReference reference) {
        Integer times = vain.getIfPresent(Repository.of(reference));
        return times == null || times < HABIT;
    }

    /** HEAD said what GET says. */
    void told(ImageReference reference) {
        vain.invalidate(Repository.of(reference));
    }

    /** HEAD failed, or said nothing or something else, where GET told. */
    void askedInVain(ImageReference reference) {
        vain.asMap().merge(Repository.of(reference), 1, Integer::sum);
    }

    void clear() {
        vain.invalidateAll();
    }

    /** How many repositories are remembered. */
    long size() {
        vain.cleanUp();
        return vain.estimatedSize();
    }
}
