package dev.landwaiter.sigstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a transparency log as it came along with a signature: a claim, until the log's key says so.
 *
 * @param logId in lower-case hex
 * @param index in the whole log, whose older parts may be logs of their own
 * @param integratedTime in seconds of the epoch; meaningless without {@code promise}
 * @param kind and {@code version} of the body; empty where the body alone says it
 * @param promise the log's signature over body, time and index (SET); null where there is none
 * @param proof null where there is none
 * @param body what the log holds, as it holds it
 */
record ClaimedEntry(
        String logId,
        long index,
        long integratedTime,
        String kind,
        String version,
        byte @Nullable [] promise,
        @Nullable InclusionProof proof,
        byte[] body) {
    /**
     * That the entry is in a tree whose head the log signed.
     *
     * @param hashes from the leaf's sibling upwards
     * @param checkpoint the signed head; {@code ""} where there is none
     */
    record InclusionProof(long index, long treeSize, byte[] rootHash, List<byte[]> hashes, String checkpoint) {
        InclusionProof {
            hashes = List.copyOf(hashes);
        }
    }
}
