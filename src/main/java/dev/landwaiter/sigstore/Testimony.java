package dev.landwaiter.sigstore;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What those whose word counts say of a signature.
 *
 * @param logged by which logs, the one that was asked for first
 * @param stamped when, by timestamp authorities
 */
record Testimony(List<LogWitness> logged, List<Instant> stamped) {
    Testimony {
        logged = List.copyOf(logged);
        stamped = List.copyOf(stamped);
    }

    /** Every time that a witness gives; all of them must hold. */
    List<Instant> times() {
        return Stream.concat(
                        stamped.stream(), logged.stream().map(LogWitness::time).flatMap(Optional::stream))
                .toList();
    }

    Proof proof(Signer signer) {
        return new Proof(
                signer,
                times().stream().min(Instant::compareTo),
                logged.stream().findFirst().map(witness -> new Proof.LogEntry(witness.name(), witness.index())));
    }
}
