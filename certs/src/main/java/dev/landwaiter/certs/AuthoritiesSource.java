package dev.landwaiter.certs;

import java.util.Optional;
import java.util.function.Consumer;

/** Where the authorities that sign others' certificates come from: as {@link CertificateSource}. Safe for use by many threads. */
public interface AuthoritiesSource {
    /** Who is trusted now: the newest that could be used. Never waits. */
    TrustedAuthorities get();

    /**
     * Starts to watch until the returned watch is closed; {@code changed} gets each new set, on a thread of the source's own. What {@code
     * changed} throws shows in {@link #problem()} and is tried again.
     */
    CertificateSource.Watch start(Consumer<TrustedAuthorities> changed);

    /** Why what should replace them does not; empty where nothing should, or it did. */
    Optional<String> problem();
}
