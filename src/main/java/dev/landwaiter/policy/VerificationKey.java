package dev.landwaiter.policy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.sigstore.HashAlgorithm;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A public key that a policy names.
 *
 * @param key checked to be of a kind that cosign signs with
 * @param hash with which it signs; null where the policy does not say so, and what goes with the kind of key is tried
 * @param fingerprint {@code sha256:} and the hex SHA-256 of its DER
 */
public record VerificationKey(PublicKey key, @Nullable HashAlgorithm hash, String fingerprint) {
    public VerificationKey(PublicKey key) {
        this(key, null);
    }

    public VerificationKey(PublicKey key, @Nullable HashAlgorithm hash) {
        this(key, hash, PublicKeys.fingerprint(key));
    }

    /**
     * Reads the keys that {@code pem} holds, at least one.
     *
     * @param what they are, for messages: {@code spec.authorities[0].key.data}
     * @throws dev.landwaiter.failure.Failure {@code POLICY_BROKEN} where one of them can't be used
     */
    public static List<VerificationKey> parseAll(String pem, String what) {
        return PublicKeys.parseAll(pem, Code.POLICY_BROKEN, what).stream()
                .map(VerificationKey::new)
                .toList();
    }

    /** The same key, which signs with {@code hash}. */
    VerificationKey with(HashAlgorithm hash) {
        return new VerificationKey(key, hash, fingerprint);
    }
}
