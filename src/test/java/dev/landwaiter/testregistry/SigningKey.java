package dev.landwaiter.testregistry;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.util.Base64;

/**
 * A key pair and how it signs.
 *
 * @param algorithm of the JDK's {@link Signature}; {@code Ed25519ph} for Ed25519 over a SHA-512 digest
 */
public record SigningKey(KeyPair keys, String algorithm) {
    /** P-256 with SHA-256: what {@code cosign generate-key-pair} makes. */
    public static SigningKey p256() {
        return ec("secp256r1", "SHA256withECDSA");
    }

    /** P-384 with SHA-384. */
    public static SigningKey p384() {
        return ec("secp384r1", "SHA384withECDSA");
    }

    /** P-521 with SHA-512. */
    public static SigningKey p521() {
        return ec("secp521r1", "SHA512withECDSA");
    }

    /** RSA of {@code bits}, PKCS #1 v1.5 with SHA-256. */
    public static SigningKey rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return new SigningKey(generator.generateKeyPair(), "SHA256withRSA");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has RSA", e);
        }
    }

    /** Ed25519 over the message itself. */
    public static SigningKey ed25519() {
        try {
            return new SigningKey(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "Ed25519");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform of 15 or newer has Ed25519", e);
        }
    }

    /** Ed25519ph: over the message's SHA-512, as cosign 3 signs envelopes. */
    public static SigningKey ed25519ph() {
        return ed25519().with("Ed25519ph");
    }

    /** The same pair, signing by {@code algorithm}: cosign 2 signs with SHA-256 whatever the curve. */
    public SigningKey with(String algorithm) {
        return new SigningKey(keys, algorithm);
    }

    public byte[] sign(byte[] message) {
        try {
            Signature signature;
            if (algorithm.equals("Ed25519ph")) {
                signature = Signature.getInstance("Ed25519");
                signature.setParameter(new EdDSAParameterSpec(true));
            } else {
                signature = Signature.getInstance(algorithm);
            }
            signature.initSign(keys.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not sign with " + algorithm, e);
        }
    }

    /** The public key, SubjectPublicKeyInfo in PEM: what a policy names. */
    public String publicPem() {
        return TestAuthority.pem("PUBLIC KEY", keys.getPublic().getEncoded());
    }

    /** A bundle's {@code publicKey.hint}: Base64 of the SHA-256 of the public key's DER. */
    public String hint() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return Base64.getEncoder()
                    .encodeToString(sha256.digest(keys.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static SigningKey ec(String curve, String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return new SigningKey(generator.generateKeyPair(), algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform lacks " + curve, e);
        }
    }

    /** Without the private key. */
    @Override
    public String toString() {
        return "SigningKey[" + algorithm + "]";
    }
}
