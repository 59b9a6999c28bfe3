package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
    private static final byte[] A = MerkleTree.leaf(new byte[] {'a'});
    private static final byte[] B = MerkleTree.leaf(new byte[] {'b'});
    private static final byte[] C = MerkleTree.leaf(new byte[] {'c'});

    @Test
    void aTreeOfOneLeafIsThatLeaf() {
        assertThat(MerkleTree.root(A, 0, 1, List.of())).hasValue(A);
    }

    @Test
    void everyLeafOfThreeLeadsToTheRoot() {
        byte[] root = MerkleTree.node(MerkleTree.node(A, B), C);
        assertThat(MerkleTree.root(A, 0, 3, List.of(B, C))).hasValue(root);
        assertThat(MerkleTree.root(B, 1, 3, List.of(A, C))).hasValue(root);
        assertThat(MerkleTree.root(C, 2, 3, List.of(MerkleTree.node(A, B)))).hasValue(root);
    }

    @Test
    void aProofOfAnotherLengthIsNone() {
        assertThat(MerkleTree.root(A, 0, 1, List.of(B))).isEmpty();
        assertThat(MerkleTree.root(A, 0, 3, List.of(B))).isEmpty();
        assertThat(MerkleTree.root(A, 0, 2, List.of(B, C))).isEmpty();
        assertThat(MerkleTree.root(A, 0, 2, List.of(new byte[31]))).isEmpty();
    }

    @Test
    void aLeafOutsideTheTreeHasNoRoot() {
        assertThat(MerkleTree.root(A, 1, 1, List.of())).isEmpty();
        assertThat(MerkleTree.root(A, -1, 1, List.of())).isEmpty();
        assertThat(MerkleTree.root(A, 0, 0, List.of())).isEmpty();
        assertThat(MerkleTree.root(A, Long.MAX_VALUE - 1, Long.MAX_VALUE, List.of(B)))
                .isEmpty();
    }
}
