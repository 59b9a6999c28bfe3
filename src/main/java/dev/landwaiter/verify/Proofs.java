package dev.landwaiter.verify;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.Bundle;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.Proof;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What was proven of the signatures beside one digest: each certificate is looked at once for all authorities that believe the same trust
 * roots, because that is what costs. For one thread.
 */
final class Proofs {
    private final BundleVerifier verifier;
    private final IdentityHashMap<Bundle, Map<Demands, Said>> byCertificate = new IdentityHashMap<>();

    Proofs(BundleVerifier verifier) {
        this.verifier = verifier;
    }

    /** What came of looking at one signature. */
    sealed interface Said {
        record Proven(Proof proof) implements Said {}

        /** {@code why} completes 'it …'. */
        record NotProven(String why) implements Said {}

        /** It is by another key, or by none. */
        record NotByThis() implements Said {}
    }

    Said byKey(Bundle bundle, VerificationKey key, Demands demands) {
        try {
            return verifier.byKey(bundle, key.key(), demands)
                    .<Said>map(Said.Proven::new)
                    .orElseGet(Said.NotByThis::new);
        } catch (Failure e) {
            return new Said.NotProven(Shown.of(e.message(), 300));
        }
    }

    Said byCertificate(Bundle bundle, Demands demands) {
        return byCertificate.computeIfAbsent(bundle, one -> new HashMap<>()).computeIfAbsent(demands, asked -> {
            if (!bundle.keyless()) {
                return new Said.NotByThis();
            }
            try {
                return new Said.Proven(verifier.byCertificate(bundle, asked));
            } catch (Failure e) {
                return new Said.NotProven(Shown.of(e.message(), 300));
            }
        });
    }
}
