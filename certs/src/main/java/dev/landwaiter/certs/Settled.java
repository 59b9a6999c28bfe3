package dev.landwaiter.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Since when each authority has been seen to be trusted in every place, without a gap. Immutable. It is kept in memory alone: who leads anew
 * waits once more.
 */
public record Settled(Map<X509Certificate, Instant> since) {
    /** Nothing was seen yet. */
    public static final Settled NOTHING = new Settled(Map.of());

    public Settled {
        since = Map.copyOf(since);
    }

    /** With what was seen at {@code now}. */
    Settled next(List<X509Certificate> authorities, Observed observed, Instant now) {
        Map<X509Certificate, Instant> next = new HashMap<>();
        for (X509Certificate authority : authorities) {
            if (observed.trustedEverywhere(authority)) {
                next.put(authority, since.getOrDefault(authority, now));
            }
        }
        return new Settled(next);
    }

    Optional<Instant> of(X509Certificate authority) {
        return Optional.ofNullable(since.get(authority));
    }
}
