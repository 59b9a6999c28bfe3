package dev.landwaiter.sigstore;

import java.time.Instant;
import java.util.Optional;

/**
 * That a signature is good: what was proven, and nothing that was only claimed.
 *
 * @param signer who made it
 * @param time when, by the first witness whose word counts; empty where nobody vouches for a time
 * @param log the transparency log's entry, whether or not one was asked for; empty where there is none that is proven
 */
public record Proof(Signer signer, Optional<Instant> time, Optional<LogEntry> log) {
    /**
     * An entry of a transparency log.
     *
     * @param log its name, as in the checkpoint's origin or the trust root's base URL: {@code rekor.sigstore.dev}
     * @param index of the entry in it
     */
    public record LogEntry(String log, long index) {}
}
