package dev.landwaiter.controller;

import dev.landwaiter.certs.RotationAction;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What was done to the certificates, and when what there is expires. Safe for use by many threads. */
public final class RotationCounts {
    private final LongAdder authorities = new LongAdder();
    private final LongAdder certificates = new LongAdder();
    private final LongAdder bundles = new LongAdder();
    private volatile @Nullable Instant authorityEnds;
    private volatile @Nullable Instant certificateEnds;

    RotationCounts() {}

    void count(RotationAction action) {
        switch (action) {
            case RotationAction.WriteAuthorities _ -> authorities.increment();
            case RotationAction.WriteCertificate _ -> certificates.increment();
            case RotationAction.Trust _ -> bundles.increment();
        }
    }

    void expire(Optional<Instant> authority, Optional<Instant> certificate) {
        authorityEnds = authority.orElse(null);
        certificateEnds = certificate.orElse(null);
    }

    /** How often the authorities' Secret was written. */
    public long authorities() {
        return authorities.sum();
    }

    /** How often a certificate was issued. */
    public long certificates() {
        return certificates.sum();
    }

    /** How often the bundles were written. */
    public long bundles() {
        return bundles.sum();
    }

    /** When the newest authority expires; empty where none is known. */
    public Optional<Instant> authorityEnds() {
        return Optional.ofNullable(authorityEnds);
    }

    /** When the stored certificate expires; empty where none is known. */
    public Optional<Instant> certificateEnds() {
        return Optional.ofNullable(certificateEnds);
    }
}
