package dev.landwaiter.credential;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret by which credentials are named. Without it a name that is seen in a log or a heap dump cannot be tested against guessed
 * passwords.
 *
 * <p>Within a process {@link #OF_PROCESS} serves, which nobody else ever knows. Only where replicas keep something together do they need
 * names that are the same in all of them, by a secret that they share.
 */
public final class IdentityKey {
    /** In bytes: as many as the hash has. */
    private static final int SHORTEST = 32;

    /** Made at random, and gone with the process. */
    static final IdentityKey OF_PROCESS = random();

    private final SecretKeySpec secret;

    private IdentityKey(byte[] secret) {
        this.secret = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** The key that everybody has who knows {@code secret}, which has at least 32 bytes. */
    public static IdentityKey of(byte[] secret) {
        if (secret.length < SHORTEST) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not use the secret by which replicas name credentials: it has %d bytes, and needs %d at least. Make one by: openssl rand -base64 48"
                            .formatted(secret.length, SHORTEST));
        }
        return new IdentityKey(secret);
    }

    private static IdentityKey random() {
        byte[] key = new byte[SHORTEST];
        new SecureRandom().nextBytes(key);
        return new IdentityKey(key);
    }

    /** The name of the credential that consists of {@code parts}. */
    CredentialIdentity identity(String... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                mac.update(bytes);
            }
            return new CredentialIdentity(HexFormat.of().formatHex(mac.doFinal(), 0, 16));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "IdentityKey";
    }
}
