package dev.landwaiter.sigstore;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * What a signature must bring besides being good, and whose word counts for it.
 *
 * @param certificates whose certificate authorities and certificate logs count; needed only for keyless signatures
 * @param log whose transparency logs count; an entry in one of them is required where this is given
 * @param timestamps whose timestamp authorities count; an RFC 3161 timestamp by one of them is required where this is given
 * @param asTheInstanceHas whether nobody asked for the entry in so many words: a certificate of an instance that has no transparency log needs a
 *     timestamp by {@code certificates} in its place
 */
public record Demands(
        Optional<TrustedRoot> certificates,
        Optional<TrustedRoot> log,
        Optional<TrustedRoot> timestamps,
        boolean asTheInstanceHas) {
    /** Of a key: nothing but its signature. */
    public static final Demands NONE = new Demands(Optional.empty(), Optional.empty(), Optional.empty());

    /** Exactly these. */
    public Demands(Optional<TrustedRoot> certificates, Optional<TrustedRoot> log, Optional<TrustedRoot> timestamps) {
        this(certificates, log, timestamps, false);
    }

    /** Of a keyless signature where a policy names no witness: what the instance has that issued the certificate. */
    public static Demands keyless(TrustedRoot root) {
        return new Demands(Optional.of(root), Optional.of(root), Optional.empty(), true);
    }

    /** What they come to for a signature with {@code certificate}. */
    Demands of(X509Certificate certificate) {
        boolean unlogged = asTheInstanceHas
                && certificates.filter(root -> root.unlogged(certificate)).isPresent();
        return unlogged ? new Demands(certificates, Optional.empty(), certificates) : this;
    }
}
