package dev.landwaiter.certs;

import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Where the certificate to serve comes from: get it, start to watch for a new one, ask whether it is healthy. Safe for use by many
 * threads.
 */
public interface CertificateSource {
    /** The certificate to serve now: the newest that could be used. Never waits. */
    ServingCertificate get();

    /**
     * Starts to watch until the returned watch is closed; {@code changed} gets each new certificate, on a thread of the source's own. What
     * {@code changed} throws shows in {@link #healthy()} and is tried again.
     */
    Watch start(Consumer<ServingCertificate> changed);

    /** How it is now, for readiness and metrics. */
    Health healthy();

    /** A certificate that never changes, for instance one that {@link SelfSignedAuthority} issued for this process. */
    static CertificateSource fixed(ServingCertificate certificate, InstantSource clock) {
        return new CertificateSource() {
            @Override
            public ServingCertificate get() {
                return certificate;
            }

            @Override
            public Watch start(Consumer<ServingCertificate> changed) {
                return () -> {};
            }

            @Override
            public Health healthy() {
                return certificate.healthAt(clock.instant());
            }
        };
    }

    /** A running watch; closing it ends it and waits for nothing. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
