package dev.landwaiter.tuf;

import dev.landwaiter.failure.Code;

/** Why one attempt to refresh came to nothing; whoever made it says what stays in force. */
final class MirrorProblem extends RuntimeException {
    static final String ASK = "Ask the operator of the mirror.";

    private final Code code;

    /**
     * One without a stack trace: it is what a mirror answered.
     *
     * @param code {@code TUF_UNAVAILABLE} or {@code TUF_REFUSED}
     * @param why completes 'Could not refresh the trust root from …: ', with the next step, each with its full stop
     */
    MirrorProblem(Code code, String why, Throwable cause) {
        super(why, cause, false, false);
        this.code = code;
    }

    MirrorProblem(Code code, String why) {
        super(why, null, false, false);
        this.code = code;
    }

    Code code() {
        return code;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
