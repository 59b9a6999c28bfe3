package dev.landwaiter.imagebuild;

import java.io.Serial;

/** The image cannot be built. Its message is for whoever builds it: what, where, why, what next. */
final class BuildFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    BuildFailure(String message) {
        super(message);
    }

    BuildFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
