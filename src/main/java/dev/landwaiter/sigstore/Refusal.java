package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import org.jspecify.annotations.Nullable;

/** Why a signature does not count, in words that complete 'it …'. */
final class Refusal {
    private Refusal() {}

    static Failure of(String why) {
        return new Failure(Code.SIGNATURE_INVALID, why);
    }

    /** For the trust root's sake, where {@code doubt} is not null. */
    static Failure of(String why, @Nullable TrustRootDoubt doubt) {
        return new Failure(Code.SIGNATURE_INVALID, why, doubt);
    }

    /** Because {@code missing} vouches for nothing; maybe for the trust root's sake, where {@code doubt} is not null. */
    static Failure of(String why, Witness missing, @Nullable TrustRootDoubt doubt) {
        return new Failure(Code.SIGNATURE_INVALID, why, new WitnessMissing(missing, doubt));
    }
}
