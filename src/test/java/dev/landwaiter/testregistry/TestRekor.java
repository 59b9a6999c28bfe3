package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.EdECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A transparency log as Rekor is one. It takes in whatever it is given, so that a test can have it vouch for the wrong thing.
 *
 * @see <a href="https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md">checkpoints</a>
 */
public final class TestRekor {
    private static final int ED25519_KEY_BYTES = 32;
    private static final int HINT_BYTES = 4;
    private static final Base64.Encoder BASE64 = Base64.getEncoder();

    private final String origin;
    private final String keyName;
    private final SigningKey key;
    private final boolean promises;
    private final List<byte[]> leaves = new ArrayList<>();

    private TestRekor(String origin, String keyName, SigningKey key, boolean promises) {
        this.origin = origin;
        this.keyName = keyName;
        this.key = key;
        this.promises = promises;
    }

    /** Rekor v1: an ECDSA key, and a promise (SET) with each entry. */
    static TestRekor v1(String name) {
        return new TestRekor(name + " - 1234567890", name, SigningKey.p256(), true);
    }

    /** Rekor v2: an Ed25519 key, and proofs alone. */
    static TestRekor v2(String name) {
        return new TestRekor(name, name, SigningKey.ed25519(), false);
    }

    public String name() {
        return keyName;
    }

    public SigningKey key() {
        return key;
    }

    /** The id that entries name it by: of v1 the hash of its key, of v2 that of name and key. */
    public byte[] id() {
        byte[] der = key.keys().getPublic().getEncoded();
        if (!(key.keys().getPublic() instanceof EdECPublicKey)) {
            return TestFulcio.sha256(der);
        }
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.writeBytes((keyName + "\n").getBytes(StandardCharsets.UTF_8));
        named.write(1); // Ed25519
        named.write(der, der.length - ED25519_KEY_BYTES, ED25519_KEY_BYTES);
        return TestFulcio.sha256(named.toByteArray());
    }

    /** Takes {@code body} in at {@code time}; gives the entry as a bundle holds it. */
    public synchronized ObjectNode log(String kind, String version, byte[] body, Instant time) {
        leaves.add(TestFulcio.sha256(prefixed(0, body)));
        long index = leaves.size() - 1L;
        ObjectNode entry = RegistryContent.JSON.createObjectNode();
        entry.put("logIndex", Long.toString(index));
        entry.putObject("logId").put("keyId", BASE64.encodeToString(id()));
        entry.putObject("kindVersion").put("kind", kind).put("version", version);
        if (promises) {
            entry.put("integratedTime", Long.toString(time.getEpochSecond()));
            entry.putObject("inclusionPromise")
                    .put("signedEntryTimestamp", BASE64.encodeToString(promise(body, time, index)));
        }
        entry.set("inclusionProof", proof((int) index));
        entry.put("canonicalizedBody", BASE64.encodeToString(body));
        return entry;
    }

    /** The promise (SET) for {@code body} at {@code index}. */
    public byte[] promise(byte[] body, Instant time, long index) {
        String promised = "{\"body\":\"%s\",\"integratedTime\":%d,\"logID\":\"%s\",\"logIndex\":%d}"
                .formatted(
                        BASE64.encodeToString(body),
                        time.getEpochSecond(),
                        HexFormat.of().formatHex(id()),
                        index);
        return key.sign(promised.getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode proof(int index) {
        byte[] root = root(leaves);
        ObjectNode proof = RegistryContent.JSON
                .createObjectNode()
                .put("logIndex", Integer.toString(index))
                .put("rootHash", BASE64.encodeToString(root))
                .put("treeSize", Integer.toString(leaves.size()));
        ArrayNode hashes = proof.putArray("hashes");
        path(index, leaves).forEach(hash -> hashes.add(BASE64.encodeToString(hash)));
        proof.putObject("checkpoint").put("envelope", checkpoint(leaves.size(), root));
        return proof;
    }

    /** The head of a tree, signed. */
    public String checkpoint(long size, byte[] root) {
        String body = "%s\n%d\n%s\n".formatted(origin, size, BASE64.encodeToString(root));
        ByteArrayOutputStream signature = new ByteArrayOutputStream();
        signature.writeBytes(Arrays.copyOf(id(), HINT_BYTES));
        signature.writeBytes(key.sign(body.getBytes(StandardCharsets.UTF_8)));
        return "%s\n\u2014 %s %s\n".formatted(body, keyName, BASE64.encodeToString(signature.toByteArray()));
    }

    /** RFC 6962, section 2.1. */
    private static byte[] root(List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return leaves.getFirst();
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        return node(root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
    }

    /** RFC 6962, section 2.1.1. */
    private static List<byte[]> path(int index, List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return List.of();
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        List<byte[]> left = leaves.subList(0, split);
        List<byte[]> right = leaves.subList(split, leaves.size());
        List<byte[]> path = new ArrayList<>(index < split ? path(index, left) : path(index - split, right));
        path.add(root(index < split ? right : left));
        return path;
    }

    private static byte[] node(byte[] left, byte[] right) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(left);
        both.writeBytes(right);
        return TestFulcio.sha256(prefixed(1, both.toByteArray()));
    }

    private static byte[] prefixed(int prefix, byte[] content) {
        byte[] all = new byte[content.length + 1];
        all[0] = (byte) prefix;
        System.arraycopy(content, 0, all, 1, content.length);
        return all;
    }
}
