package dev.landwaiter.sigstore;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * What a known log says of an entry: that it is in it and, where it promised so (SET), since when.
 *
 * @param name the log's
 * @param index of the entry in the log
 * @param time when the log took it in, empty where it does not say so
 */
record LogWitness(Log log, String name, long index, Optional<Instant> time) {
    /**
     * Checks what {@code entry} brings against {@code log}, and gives what is proven by it.
     *
     * @throws dev.landwaiter.failure.Failure where anything of it does not hold, or what {@code demand} asks for is not there
     */
    static LogWitness of(ClaimedEntry entry, Log log, Bundle.EntryDemand demand) {
        byte[] promise = entry.promise();
        boolean promised = promise != null;
        if (promise != null && !log.signed(promised(entry), promise)) {
            throw Refusal.of("has a log entry whose promise (SET) was not signed by the log %s".formatted(log.name()));
        }
        Optional<Checkpoint> checkpoint =
                entry.proof() == null ? Optional.empty() : included(entry, entry.proof(), log);
        boolean enough = switch (demand) {
            case PROMISE -> promised;
            case PROOF -> checkpoint.isPresent();
        };
        if (!enough) {
            throw Refusal.of(
                    demand == Bundle.EntryDemand.PROMISE
                            ? "has a log entry without the log's promise (SET)"
                            : "has a log entry without a proof that it is in the log");
        }
        return new LogWitness(
                log,
                checkpoint.map(Checkpoint::logName).orElse(log.name()),
                entry.index(),
                promised ? Optional.of(Instant.ofEpochSecond(entry.integratedTime())) : Optional.empty());
    }

    /** What Rekor v1 signs as its promise: canonical JSON, keys in order. */
    private static byte[] promised(ClaimedEntry entry) {
        return "{\"body\":\"%s\",\"integratedTime\":%d,\"logID\":\"%s\",\"logIndex\":%d}"
                .formatted(
                        Base64.getEncoder().encodeToString(entry.body()),
                        entry.integratedTime(),
                        entry.logId(),
                        entry.index())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The signed head under which the entry is proven to be; empty where none came along, which oldest bundles may do. */
    private static Optional<Checkpoint> included(ClaimedEntry entry, ClaimedEntry.InclusionProof proof, Log log) {
        Optional<byte[]> root =
                MerkleTree.root(MerkleTree.leaf(entry.body()), proof.index(), proof.treeSize(), proof.hashes());
        if (root.isEmpty() || !Arrays.equals(root.get(), proof.rootHash())) {
            throw Refusal.of("has a log entry whose inclusion proof does not lead to the root of the log's tree");
        }
        // without a promise nothing but the proof's index is proven; where there is one, the index is of the whole log
        if (entry.promise() == null && entry.index() != proof.index()) {
            throw Refusal.of("has a log entry with another index than its inclusion proof");
        }
        if (proof.checkpoint().isEmpty()) {
            return Optional.empty();
        }
        Checkpoint checkpoint = Checkpoint.parse(proof.checkpoint())
                .orElseThrow(() -> Refusal.of("has a log entry whose checkpoint can't be read"));
        if (checkpoint.treeSize() != proof.treeSize() || !Arrays.equals(checkpoint.rootHash(), proof.rootHash())) {
            throw Refusal.of("has a log entry whose inclusion proof and checkpoint are of different trees");
        }
        if (!checkpoint.signedBy(log)) {
            throw Refusal.of("has a log entry whose checkpoint was not signed by the log %s".formatted(log.name()));
        }
        return Optional.of(checkpoint);
    }
}
