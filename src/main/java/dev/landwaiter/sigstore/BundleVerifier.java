package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.security.PublicKey;
import java.util.Optional;

/**
 * Says whether a bundle's signature is good. Whatever the bytes are, the answer is a proof or a {@link Failure}: no other exception leaves.
 * Safe for use by many threads; computes alone, never waits.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"}) // until it is built
public final class BundleVerifier {
    /**
     * By a certificate: its chain at the time of signing, its SCT, the log's entry and timestamps that {@code demands} asks for, each bound to
     * this signature. Whose identity the certificate names is for the caller to judge.
     *
     * @throws Failure {@code SIGNATURE_INVALID}, whose message completes 'it …' and says what did not hold
     */
    public Proof byCertificate(Bundle bundle, Demands demands) {
        throw new Failure(Code.INTERNAL_ERROR, "not built yet" + bundle.keyless() + demands);
    }

    /** By a public key that the policy names, with the witnesses that {@code demands} asks for; empty where it is not by this key. */
    public Optional<Proof> byKey(Bundle bundle, PublicKey key, Demands demands) {
        throw new Failure(Code.INTERNAL_ERROR, "not built yet" + key + demands);
    }
}
