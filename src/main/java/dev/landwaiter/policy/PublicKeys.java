package dev.landwaiter.policy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.PemBlocks;
import dev.landwaiter.sigstore.PublicKeyFormat;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * Reads the public keys that policies name: PEM, SubjectPublicKeyInfo ({@code PUBLIC KEY}) or PKCS #1 ({@code RSA PUBLIC KEY}), as cosign
 * does. Only kinds of key that cosign signs with are taken: ECDSA on P-256, P-384 and P-521, RSA of 2048 bits or more, Ed25519.
 */
public final class PublicKeys {
    private PublicKeys() {}

    /**
     * Reads the one key that {@code pem} holds; text around the PEM block is ignored.
     *
     * @param code of the failure where it can't be used
     * @param what it is, for messages: {@code spec.authorities[0].key.data}
     */
    public static PublicKey parse(String pem, Code code, String what) {
        try {
            List<PublicKey> keys = read(pem);
            if (keys.size() > 1) {
                throw new IllegalArgumentException(
                        "there is more than one PEM block in it; give each key an authority");
            }
            return keys.getFirst();
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    code,
                    "Could not read the public key of %s: %s. Expected: one PEM block \"-----BEGIN PUBLIC KEY-----\", as cosign.pub holds."
                            .formatted(what, e.getMessage()),
                    e);
        }
    }

    /**
     * Reads all the keys that {@code pem} holds, at least one; text around the PEM blocks is ignored.
     *
     * @param code of the failure where one of them can't be used
     * @param what it is, for messages: {@code spec.authorities[0].key.data}
     */
    public static List<PublicKey> parseAll(String pem, Code code, String what) {
        try {
            return read(pem);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    code,
                    "Could not read the public key of %s: %s. Expected: a PEM block \"-----BEGIN PUBLIC KEY-----\", as cosign.pub holds, for each key."
                            .formatted(what, e.getMessage()),
                    e);
        }
    }

    /** {@code sha256:} and the hex SHA-256 of the key's DER: how people and evidence name it. */
    public static String fingerprint(PublicKey key) {
        return Digest.sha256(key.getEncoded()).toString();
    }

    private static List<PublicKey> read(String pem) {
        if (pem.isBlank()) {
            throw new IllegalArgumentException("it is empty");
        }
        List<PublicKey> keys = PemBlocks.parse(pem).blocks().stream()
                .map(block -> check(key(block)))
                .toList();
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("it contains no PEM block");
        }
        return keys;
    }

    private static PublicKey key(PemBlocks.Block block) {
        String label = block.label();
        return switch (label) {
            case "PUBLIC KEY" -> decode(block.der());
            case "RSA PUBLIC KEY" -> decode(PublicKeyFormat.ofPkcs1(block.der()));
            case "CERTIFICATE" -> throw new IllegalArgumentException("it is a certificate, not a public key");
            default ->
                throw new IllegalArgumentException(
                        label.endsWith("PRIVATE KEY")
                                ? "it is a private key (\"%s\"), which must stay secret: replace that key, and never put it in a policy"
                                        .formatted(label)
                                : "its PEM block is a \"%s\"".formatted(label));
        };
    }

    /** Every algorithm is tried: the DER names it, but the JDK has no factory that follows it. */
    private static PublicKey decode(byte[] der) {
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                // the next one may know it
            }
        }
        throw new IllegalArgumentException(
                "it is damaged or of an unsupported kind; ECDSA P-256, P-384 or P-521, RSA and Ed25519 are supported");
    }

    private static PublicKey check(PublicKey key) {
        if (PublicKeyFormat.sound(key)) {
            return key;
        }
        throw new IllegalArgumentException(
                switch (key) {
                    case RSAPublicKey rsa -> weakness(rsa);
                    case ECPublicKey _ -> "it is not a point on P-256, P-384 or P-521";
                    default -> "it is a key for %s".formatted(key.getAlgorithm());
                });
    }

    private static String weakness(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        return bits < PublicKeyFormat.MIN_RSA_BITS || bits > PublicKeyFormat.MAX_RSA_BITS
                ? "it is an RSA key of %d bits; %d to %d are allowed"
                        .formatted(bits, PublicKeyFormat.MIN_RSA_BITS, PublicKeyFormat.MAX_RSA_BITS)
                : "it is an RSA key with an exponent of %d bits, by which no signature is checked"
                        .formatted(key.getPublicExponent().bitLength());
    }
}
