package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.policy.Attestation;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.TrustRootDoubt;
import dev.landwaiter.sigstore.Witness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one authority of a policy says of one digest. */
sealed interface Opinion {
    /** It is as the authority asks. */
    record Passed(String authority, List<Evidence> evidence) implements Opinion {
        public Passed {
            evidence = List.copyOf(evidence);
        }
    }

    /** What it asks for may be where nobody could look. */
    record Unknown(Failure failure) implements Opinion {}

    /** It is not. */
    sealed interface Refused extends Opinion {
        Code code();
    }

    /** Something could not be read that the image's owner could have made so. */
    record Unreadable(Failure failure) implements Refused {
        @Override
        public Code code() {
            return failure.code();
        }
    }

    /** There is no signature; only {@code others}. */
    record NoSignature(Authority.Signing authority, List<Place> places, List<Claim> others) implements Refused {
        public NoSignature {
            places = List.copyOf(places);
            others = List.copyOf(others);
        }

        @Override
        public Code code() {
            return Code.SIGNATURE_MISSING;
        }
    }

    /**
     * There are signatures, none of which counts.
     *
     * @param meant the signatures
     * @param why the nearest does not count
     */
    record NotSigned(Authority.Signing authority, List<Claim> meant, Why why) implements Refused {
        public NotSigned {
            meant = List.copyOf(meant);
        }

        @Override
        public Code code() {
            return Code.SIGNATURE_INVALID;
        }
    }

    /** There is no attestation of the type; only {@code others}. */
    record NoAttestation(Authority.Signing authority, Attestation attestation, List<Place> places, List<Claim> others)
            implements Refused {
        public NoAttestation {
            places = List.copyOf(places);
            others = List.copyOf(others);
        }

        @Override
        public Code code() {
            return Code.ATTESTATION_MISSING;
        }
    }

    /** There are attestations of the type, none of which counts. */
    record NotAttested(Authority.Signing authority, Attestation attestation, List<Claim> meant, Why why)
            implements Refused {
        public NotAttested {
            meant = List.copyOf(meant);
        }

        @Override
        public Code code() {
            return Code.ATTESTATION_REJECTED;
        }
    }

    /** Why the nearest of several does not count; what comes later here is nearer. */
    sealed interface Why {
        /** How near it came: of several, the nearest is told. */
        int nearness();

        /** It is no signature of this digest; {@code words} complete 'it …'. */
        record Unfit(String where, String words) implements Why {
            @Override
            public int nearness() {
                return 0;
            }
        }

        /** It is by another key; {@code keyless} if all were made with a certificate. */
        record OtherKey(boolean keyless) implements Why {
            @Override
            public int nearness() {
                return 1;
            }
        }

        /** It was made with a key where a certificate is asked for. */
        record NoCertificate() implements Why {
            @Override
            public int nearness() {
                return 1;
            }
        }

        /** It is by {@code key}, but with {@code hash}, which the policy does not take from that key. */
        record OtherHash(String where, VerificationKey key, HashAlgorithm hash) implements Why {
            @Override
            public int nearness() {
                return 2;
            }
        }

        /**
         * Its certificate, log entry or timestamp does not hold.
         *
         * @param words complete 'it …'
         * @param missing the witness that it lacks; null where what it has does not hold
         * @param doubt why the trust root may be wrong instead; null where nothing speaks for that
         */
        record NotProven(
                String where,
                String words,
                @Nullable Witness missing,
                @Nullable TrustRootDoubt doubt) implements Why {
            static NotProven of(String where, Proofs.Said.NotProven said) {
                return new NotProven(where, said.why(), said.missing(), said.doubt());
            }

            @Override
            public int nearness() {
                return 3;
            }
        }

        /** It is good, but by somebody else. */
        record OtherIdentity(String where, dev.landwaiter.sigstore.Signer.Certificate signer) implements Why {
            @Override
            public int nearness() {
                return 4;
            }
        }

        /** It is by the authority, but what it says is not what the policy asks for; {@code words} complete 'it …'. */
        record OtherContent(String where, String words) implements Why {
            @Override
            public int nearness() {
                return 5;
            }
        }
    }
}
