package dev.landwaiter.sigstore;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Optional;

/**
 * Whether a signature over a message is by a public key, by the algorithms that cosign verifies and no others.
 *
 * <p>Where nobody says with which hash a key signs, what goes with its kind is tried. cosign since 2.5 hashes by the curve (P-384 with SHA-384,
 * P-521 with SHA-512) and signs Ed25519ph; older ones take SHA-256 for every curve and sign pure Ed25519. With RSA it has always been PKCS #1
 * v1.5 with SHA-256: RSASSA-PSS cannot be had from it with a key, so it is not taken here either. Keys in key services may sign with another
 * hash, which cosign verifies where it is told so ({@code --signature-digest-algorithm}). None of these algorithms' signatures can be taken for
 * another's.
 *
 * @see <a href="https://github.com/sigstore/sigstore/blob/v1.10.8/pkg/signature/algorithm_registry.go">sigstore's algorithm registry</a>
 */
public final class KeySignature {
    private KeySignature() {}

    /** Whether {@code signature} over {@code message} is by {@code key}, with a hash that goes with its kind; one of another shape is not. */
    public static boolean isBy(PublicKey key, byte[] message, byte[] signature) {
        return hashes(key).stream().anyMatch(hash -> isBy(key, hash, message, signature));
    }

    /** Whether {@code signature} over {@code message} is by {@code key} with {@code hash}; one of another shape is not. */
    public static boolean isBy(PublicKey key, HashAlgorithm hash, byte[] message, byte[] signature) {
        return switch (key) {
            case EdECPublicKey ed25519 ->
                hash == HashAlgorithm.SHA512
                        && (SignatureCheck.ed25519ph(key, message, signature)
                                || SignatureCheck.ed25519(key, message, signature));
            case RSAPublicKey rsa -> SignatureCheck.holds(hash + "withRSA", key, message, signature);
            case ECPublicKey ec -> SignatureCheck.holds(hash + "withECDSA", key, message, signature);
            default -> false;
        };
    }

    /** The hashes that go with the kind of {@code key}, the likeliest first: what is tried where nobody says which. */
    public static List<HashAlgorithm> hashes(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> List.of(HashAlgorithm.SHA256);
            case ECPublicKey ec ->
                switch (ec.getParams().getOrder().bitLength()) {
                    case 256 -> List.of(HashAlgorithm.SHA256);
                    case 384 -> List.of(HashAlgorithm.SHA384, HashAlgorithm.SHA256);
                    case 521 -> List.of(HashAlgorithm.SHA512, HashAlgorithm.SHA256);
                    default -> List.of();
                };
            case EdECPublicKey ed25519 -> List.of(HashAlgorithm.SHA512);
            default -> List.of();
        };
    }

    /** Whether {@code key} can sign with {@code hash} at all: Ed25519 always hashes with SHA-512. */
    public static boolean takes(PublicKey key, HashAlgorithm hash) {
        return !(key instanceof EdECPublicKey) || hash == HashAlgorithm.SHA512;
    }

    /** With which hash {@code signature} over {@code message} is by {@code key}; empty where it is with none. */
    static Optional<HashAlgorithm> hash(PublicKey key, byte[] message, byte[] signature) {
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            if (isBy(key, hash, message, signature)) {
                return Optional.of(hash);
            }
        }
        return Optional.empty();
    }
}
