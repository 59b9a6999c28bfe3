package dev.landwaiter.verify;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.Bundle;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.Proof;
import dev.landwaiter.sigstore.TrustRootDoubt;
import dev.landwaiter.sigstore.Witness;
import dev.landwaiter.sigstore.WitnessMissing;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

        /**
         * It is by this, and does not count.
         *
         * @param why completes 'it …'
         * @param missing the witness that it lacks; null where it is refused for something else
         * @param doubt why the trust root may be wrong instead; null where nothing speaks for that
         */
        record NotProven(
                String why,
                @Nullable Witness missing,
                @Nullable TrustRootDoubt doubt) implements Said {
            static NotProven of(Failure failure) {
                return new NotProven(
                        Shown.of(failure.message(), 300),
                        WitnessMissing.find(failure).orElse(null),
                        TrustRootDoubt.find(failure).orElse(null));
            }
        }

        /** It is by another key, or by none. */
        record NotByThis() implements Said {}
    }

    Said byKey(Bundle bundle, VerificationKey key, Demands demands) {
        try {
            return verifier.byKey(bundle, key.key(), key.hash(), demands)
                    .<Said>map(Said.Proven::new)
                    .orElseGet(Said.NotByThis::new);
        } catch (Failure e) {
            return Said.NotProven.of(e);
        }
    }

    /** With which hash {@code key} made it; empty where it did not. For people: it proves nothing. */
    Optional<HashAlgorithm> hash(Bundle bundle, VerificationKey key) {
        return verifier.hash(bundle, key.key());
    }

    Said byCertificate(Bundle bundle, Demands demands) {
        return byCertificate.computeIfAbsent(bundle, one -> new HashMap<>()).computeIfAbsent(demands, asked -> {
            if (!bundle.keyless()) {
                return new Said.NotByThis();
            }
            try {
                return new Said.Proven(verifier.byCertificate(bundle, asked));
            } catch (Failure e) {
                return Said.NotProven.of(e);
            }
        });
    }
}
