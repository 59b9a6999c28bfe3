package dev.landwaiter.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * Conditions by their text, compiled at most once: compiling one takes up to a tenth of a second, and a policy is read again whenever a key or
 * trust root that it names changes. Safe for use by many threads.
 */
final class Conditions {
    /** In characters of text; compiled it takes a hundred times as much memory. */
    private static final long MOST = 256 << 10;

    private final Cache<String, Condition> known = Caffeine.newBuilder()
            .maximumWeight(MOST)
            .weigher((String text, Condition _) -> 64 + text.length())
            .executor(Runnable::run)
            .build();

    /** As {@link Condition#compile}. */
    Condition compile(String cel, String what) {
        @Nullable Condition before = known.getIfPresent(cel);
        if (before != null) {
            return before;
        }
        Condition compiled = Condition.compile(cel, what);
        known.put(cel, compiled);
        return compiled;
    }
}
