package dev.landwaiter.sigstore;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.Ed25519phSigner;
import org.bouncycastle.jcajce.provider.asymmetric.ec.BCECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The check of one signature by one algorithm. Elliptic curves are Bouncy Castle's: where the processor lacks the instructions that the JDK's
 * are written for (AVX-512 IFMA), they are five times as fast, and a keyless signature has five or six of them. RSA is the JDK's.
 */
final class SignatureCheck {
    /** An instance of our own: nothing is registered, so that no other code of this process sees another provider. */
    static final Provider PROVIDER = new BouncyCastleProvider();

    private static final byte[] NO_CONTEXT = {};

    private SignatureCheck() {}

    /** By {@code algorithm}, as the JDK calls it: {@code SHA256withECDSA}, {@code SHA256withRSA}; no if the signature is of another shape. */
    static boolean holds(String algorithm, PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verifier = algorithm.endsWith("ECDSA")
                    ? Signature.getInstance(algorithm, PROVIDER)
                    : Signature.getInstance(algorithm);
            verifier.initVerify(fast(key));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The same key; of an elliptic curve as Bouncy Castle's own, for which it knows the curve's shortcuts. */
    static PublicKey fast(PublicKey key) throws GeneralSecurityException {
        return key instanceof ECPublicKey && !(key instanceof BCECPublicKey)
                ? KeyFactory.getInstance("EC", PROVIDER).generatePublic(new X509EncodedKeySpec(key.getEncoded()))
                : key;
    }

    /** By Ed25519 over the message itself. */
    static boolean ed25519(PublicKey key, byte[] message, byte[] signature) {
        return holds(new Ed25519Signer(), key, message, signature);
    }

    /** By Ed25519ph: over the message's SHA-512 (RFC 8032, section 5.1). */
    static boolean ed25519ph(PublicKey key, byte[] message, byte[] signature) {
        return holds(new Ed25519phSigner(NO_CONTEXT), key, message, signature);
    }

    private static boolean holds(Signer verifier, PublicKey key, byte[] message, byte[] signature) {
        try {
            byte[] der = key.getEncoded();
            verifier.init(
                    false,
                    new Ed25519PublicKeyParameters(
                            Arrays.copyOfRange(der, der.length - Ed25519PublicKeyParameters.KEY_SIZE, der.length)));
            verifier.update(message, 0, message.length);
            return verifier.verifySignature(signature);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
