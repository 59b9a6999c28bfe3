package dev.landwaiter.app;

import dev.landwaiter.failure.Code;

/** How a run ended, for scripts. */
public final class ExitCode {
    /** All is well. */
    public static final int FINE = 0;
    /** An image or an object is refused. */
    public static final int REFUSED = 1;
    /** It could not be checked: a registry or the cluster did not answer. */
    public static final int COULD_NOT_CHECK = 2;
    /** The arguments, a setting or a file is not as it should be. */
    public static final int USAGE = 64;
    /** A bug of ours. */
    public static final int INTERNAL = 70;

    private ExitCode() {}

    public static int of(Code code) {
        return switch (code) {
            case SETTING_INVALID,
                    FILE_UNREADABLE,
                    POLICY_BROKEN,
                    CERTIFICATE_INVALID,
                    TRUST_ROOT_INVALID,
                    EVIDENCE_INVALID,
                    IMAGE_REFERENCE_INVALID,
                    // what stands in a file is no Pod
                    REVIEW_MALFORMED,
                    REVIEW_UNSUPPORTED -> USAGE;
            case INTERNAL_ERROR -> INTERNAL;
            default -> code.unavailable() ? COULD_NOT_CHECK : REFUSED;
        };
    }

    /** The worse of two, a refusal being worse than what could not be checked. */
    public static int worse(int one, int other) {
        if (one == REFUSED || other == REFUSED) {
            return REFUSED;
        }
        return Math.max(one, other);
    }
}
