package dev.landwaiter.tuf;

import dev.landwaiter.limit.PemBlocks;
import dev.sigstore.tuf.encryption.Verifier;
import dev.sigstore.tuf.model.Key;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * Checks signatures by the keys of a TUF root, by the JDK alone. sigstore-java's own checks would register Bouncy Castle for the whole
 * process, so that keys with curves of their own, which the JDK refuses, were read everywhere. A key or scheme that is not known here signs
 * for nobody.
 *
 * @see <a href="https://theupdateframework.github.io/specification/v1.0.33/#keytype">TUF, key types and schemes</a>
 */
final class SchemeKeys {
    /** RFC 8410, section 4: what stands before the 32 bytes of an Ed25519 key. */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int SHA256_BYTES = 32;

    private SchemeKeys() {}

    /** What checks signatures by {@code key}. */
    static Verifier verifier(Key key) {
        return (message, signature) -> holds(key, message, signature);
    }

    private static boolean holds(Key key, byte[] message, byte[] signature) {
        try {
            String text = key.getKeyVal().getOrDefault("public", "");
            return switch (key.getScheme()) {
                case "ecdsa-sha2-nistp256" -> by("SHA256withECDSA", pem("EC", text), message, signature);
                case "ecdsa-sha2-nistp384" -> by("SHA384withECDSA", pem("EC", text), message, signature);
                case "ed25519" -> by("Ed25519", ed25519(text), message, signature);
                case "rsassa-pss-sha256" -> byPss((RSAPublicKey) pem("RSA", text), message, signature);
                default -> false;
            };
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean by(String algorithm, PublicKey key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }

    /** The specification names no length of the salt: tools take the hash's, or as much as there is room for (RFC 8017, section 9.1.1). */
    private static boolean byPss(RSAPublicKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        int most = (key.getModulus().bitLength() + 6) / 8 - SHA256_BYTES - 2;
        for (int salt : new int[] {SHA256_BYTES, most}) {
            Signature verifier = Signature.getInstance("RSASSA-PSS");
            verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
            verifier.initVerify(key);
            verifier.update(message);
            if (verifier.verify(signature)) {
                return true;
            }
        }
        return false;
    }

    private static PublicKey pem(String algorithm, String text) throws GeneralSecurityException {
        PemBlocks.Block block = PemBlocks.only(text)
                .filter(one -> one.label().equals("PUBLIC KEY"))
                .orElseThrow(() -> new InvalidKeyException("not one PEM block of a public key"));
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(block.der()));
    }

    private static PublicKey ed25519(String hex) throws GeneralSecurityException {
        byte[] point = HexFormat.of().parseHex(hex);
        byte[] der = new byte[ED25519.length + point.length];
        System.arraycopy(ED25519, 0, der, 0, ED25519.length);
        System.arraycopy(point, 0, der, ED25519.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }
}
