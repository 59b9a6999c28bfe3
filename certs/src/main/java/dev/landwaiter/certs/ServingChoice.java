package dev.landwaiter.certs;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate is served, of the one that is and the one that should replace it. Immutable, without a clock: whoever looks at intervals
 * gives the time and what is known then.
 *
 * @param current served
 * @param waiting to be served; absent where there is no other than {@code current}
 * @param coveredSince since when every bundle has verified {@code waiting}; absent where one does not
 */
record ServingChoice(
        ServingCertificate current,
        @Nullable ServingCertificate waiting,
        @Nullable Instant coveredSince) {
    /** Serves {@code first}, whoever trusts it: a listener has to have one. */
    static ServingChoice of(ServingCertificate first) {
        return new ServingChoice(first, null, null);
    }

    /**
     * As it is at {@code now}, where {@code offered} is the newest. A new certificate is served once every bundle has verified it for a
     * while. It is served at once where what is served is of no use: it has expired, or the bundles verify the new one and not it.
     */
    ServingChoice next(ServingCertificate offered, LiveBundles.Known known, Instant now) {
        if (offered.equals(current)) {
            return of(current);
        }
        if (current.healthAt(now) instanceof Health.Unhealthy) {
            return of(offered);
        }
        return switch (known) {
            case LiveBundles.Known.Unreadable _ -> of(offered);
            case LiveBundles.Known.Pending _ -> new ServingChoice(current, offered, null);
            case LiveBundles.Known.Places(var places) -> byPlaces(offered, places, now);
        };
    }

    private ServingChoice byPlaces(ServingCertificate offered, List<TrustPlace> places, Instant now) {
        if (!covered(offered, places, now)) {
            return new ServingChoice(current, offered, null);
        }
        if (!covered(current, places, now)) {
            return of(offered);
        }
        Instant since = offered.equals(waiting) && coveredSince != null ? coveredSince : now;
        Duration needed = Settling.of(Duration.between(since, offered.notAfter()));
        return Duration.between(since, now).compareTo(needed) >= 0
                ? of(offered)
                : new ServingChoice(current, offered, since);
    }

    /** Whether all bundles verify {@code certificate}. Where all are empty none does, and where there is no place nobody has to. */
    private static boolean covered(ServingCertificate certificate, List<TrustPlace> places, Instant now) {
        List<TrustPlace> telling =
                places.stream().filter(place -> !place.empty()).toList();
        return (places.isEmpty() || !telling.isEmpty())
                && telling.stream()
                        .allMatch(place -> place.refusal(certificate, now).isEmpty());
    }

    /** Why the newest certificate is not served, where a bundle does not verify it. */
    Optional<String> held(LiveBundles.Known known, Instant now) {
        ServingCertificate next = waiting;
        if (next == null || coveredSince != null || !(known instanceof LiveBundles.Known.Places(var places))) {
            return Optional.empty();
        }
        return places.stream()
                .flatMap(place -> place.refusal(next, now).stream())
                .findFirst()
                .map("a newer certificate is held back until the API server trusts it: %s"::formatted);
    }
}
