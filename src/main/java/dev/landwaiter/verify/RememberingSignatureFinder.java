package dev.landwaiter.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.SingleFlight;
import java.time.Duration;
import java.util.Set;

/**
 * Lets several policies that match one image share one search: those that ask at the same time, and those that ask right after. It forgets
 * within seconds, because a signature may be added at any time; to remember verdicts is another's task.
 */
final class RememberingSignatureFinder implements SignatureFinder {
    private static final Duration KEPT = Duration.ofSeconds(2);
    private static final long MAX_BYTES = 32 << 20;

    private final SignatureFinder next;
    private final Cache<Key, Signatures> known;
    private final SingleFlight<Key, Signatures> flights = new SingleFlight<>(RememberingSignatureFinder::forOthersToo);

    RememberingSignatureFinder(SignatureFinder next, Ticker ticker) {
        this.next = next;
        this.known = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(KEPT)
                .maximumWeight(MAX_BYTES)
                .weigher((Key key, Signatures signatures) -> signatures.weight())
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Signatures find(Place place, Digest subject, Set<String> predicateTypes, Deadline deadline) {
        Key key = new Key(place.key(), subject, Set.copyOf(predicateTypes));
        Signatures remembered = known.getIfPresent(key);
        if (remembered != null) {
            return remembered;
        }
        String what = "the search for signatures of " + place.repository().name() + "@" + subject;
        Signatures all = flights.get(key, deadline, what, own -> {
            Signatures meanwhile = known.getIfPresent(key);
            if (meanwhile != null) {
                return meanwhile;
            }
            Signatures found = next.find(place, subject, predicateTypes, own);
            if (found.complete()) {
                known.put(key, found);
            }
            return found;
        });
        // another may have looked, with the same credential out of another Secret
        return all.toldTo(place.credential().asker());
    }

    /** What one caller's time, budget or room cut off may still be found in another's. */
    private static boolean forOthersToo(Signatures found) {
        return found.failures().stream().noneMatch(failure -> failure.code().ofOneRequest());
    }

    private record Key(Place.Key place, Digest subject, Set<String> predicateTypes) {}
}
