package dev.landwaiter.sigstore;

import java.util.Optional;

/**
 * What a signature must bring besides being good, and whose word counts for it.
 *
 * @param certificates whose certificate authorities and certificate logs count; needed only for keyless signatures
 * @param log whose transparency logs count; an entry in one of them is required where this is given
 * @param timestamps whose timestamp authorities count; an RFC 3161 timestamp by one of them is required where this is given
 */
public record Demands(Optional<TrustedRoot> certificates, Optional<TrustedRoot> log, Optional<TrustedRoot> timestamps) {
    /** Of a key: nothing but its signature. */
    public static final Demands NONE = new Demands(Optional.empty(), Optional.empty(), Optional.empty());
}
