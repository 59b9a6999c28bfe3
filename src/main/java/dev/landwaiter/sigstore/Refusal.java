package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;

/** Why a signature does not count, in words that complete 'it …'. */
final class Refusal {
    private Refusal() {}

    static Failure of(String why) {
        return new Failure(Code.SIGNATURE_INVALID, why);
    }

    /** Because {@code missing} vouches for nothing. */
    static Failure of(String why, Witness missing) {
        return new Failure(Code.SIGNATURE_INVALID, why, new WitnessMissing(missing));
    }
}
