package dev.landwaiter.sigstore;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;

/**
 * Whether a signature over a message is by a public key, by the algorithms that cosign signs with and no others.
 *
 * <p>cosign since 2.5 hashes by the curve (P-384 with SHA-384, P-521 with SHA-512) and signs Ed25519ph; older ones take SHA-256 for every
 * curve and sign pure Ed25519. With RSA it has always been PKCS #1 v1.5 with SHA-256: RSASSA-PSS cannot be had from it with a key, so it is
 * not taken here either. None of these algorithms' signatures can be taken for another's.
 *
 * @see <a href="https://github.com/sigstore/sigstore/blob/v1.10.8/pkg/signature/algorithm_registry.go">sigstore's algorithm registry</a>
 */
public final class KeySignature {
    private KeySignature() {}

    /** Whether {@code signature} over {@code message} is by {@code key}; a signature of another shape is not. */
    public static boolean isBy(PublicKey key, byte[] message, byte[] signature) {
        return switch (key) {
            case EdECPublicKey ed25519 ->
                SignatureCheck.ed25519ph(key, message, signature) || SignatureCheck.ed25519(key, message, signature);
            default ->
                algorithms(key).stream()
                        .anyMatch(algorithm -> SignatureCheck.holds(algorithm, key, message, signature));
        };
    }

    private static List<String> algorithms(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> List.of("SHA256withRSA");
            case ECPublicKey ec ->
                switch (ec.getParams().getOrder().bitLength()) {
                    case 256 -> List.of("SHA256withECDSA");
                    case 384 -> List.of("SHA384withECDSA", "SHA256withECDSA");
                    case 521 -> List.of("SHA512withECDSA", "SHA256withECDSA");
                    default -> List.of();
                };
            default -> List.of();
        };
    }
}
