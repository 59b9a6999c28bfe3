package dev.landwaiter.sigstore;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * The hashes of a transparency log's tree.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9162#section-2.1">RFC 9162, section 2.1</a>
 */
final class MerkleTree {
    static final int HASH_BYTES = 32;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private MerkleTree() {}

    static byte[] leaf(byte[] content) {
        MessageDigest sha256 = Hashing.sha256();
        sha256.update(LEAF);
        return sha256.digest(content);
    }

    static byte[] node(byte[] left, byte[] right) {
        MessageDigest sha256 = Hashing.sha256();
        sha256.update(NODE);
        sha256.update(left);
        return sha256.digest(right);
    }

    /**
     * The root of the tree of {@code size} leaves in which {@code leaf} stands at {@code index}, by section 2.1.3.2; empty where
     * {@code proof} cannot be one of such a tree.
     */
    static Optional<byte[]> root(byte[] leaf, long index, long size, List<byte[]> proof) {
        if (index < 0 || index >= size) {
            return Optional.empty();
        }
        long at = index;
        long last = size - 1;
        byte[] hash = leaf;
        for (byte[] sibling : proof) {
            if (last == 0 || sibling.length != HASH_BYTES) {
                return Optional.empty();
            }
            if ((at & 1) == 1 || at == last) {
                hash = node(sibling, hash);
                while ((at & 1) == 0 && at != 0) {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(hash, sibling);
            }
            at >>= 1;
            last >>= 1;
        }
        return last == 0 ? Optional.of(hash) : Optional.empty();
    }
}
