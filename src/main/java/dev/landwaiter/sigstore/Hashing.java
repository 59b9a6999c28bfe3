package dev.landwaiter.sigstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** The hashes that sigstore's documents state, by any of the names that they go by. */
final class Hashing {
    private static final Map<String, String> ALGORITHMS = Map.of(
            "sha256", "SHA-256",
            "SHA2_256", "SHA-256",
            "sha384", "SHA-384",
            "SHA2_384", "SHA-384",
            "sha512", "SHA-512",
            "SHA2_512", "SHA-512");
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Hashing() {}

    /** The hash of {@code content} by the algorithm of this name in a sigstore document; empty where that is none of SHA-2. */
    static Optional<byte[]> of(String algorithm, byte[] content) {
        return Optional.ofNullable(ALGORITHMS.get(algorithm))
                .map(known -> digest(known).digest(content));
    }

    static MessageDigest sha256() {
        return digest("SHA-256");
    }

    /** {@code sha256:…} of what {@code tree} says, whatever the order of its fields and the space between them. */
    static String digestOf(JsonNode tree) {
        try {
            byte[] canonical = CANONICAL.writeValueAsBytes(CANONICAL.treeToValue(tree, Object.class));
            return "sha256:" + HexFormat.of().formatHex(sha256().digest(canonical));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that was read can be written", e);
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
