package dev.landwaiter.failure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells an {@link Error} after which the process cannot be trusted (no memory, a class that is missing, an invariant of the JVM) from what one
 * request may cause. A stack that is too deep is the latter: it is unwound, and nothing of it is left.
 */
public final class FatalError {
    /** Causes are looked at so deep: a chain may be a circle. */
    private static final int MOST_CAUSES = 16;

    private FatalError() {}

    /** The fatal error that {@code thrown} is or was caused by. */
    public static Optional<Error> find(Throwable thrown) {
        @Nullable Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof Error error && !(cause instanceof StackOverflowError)) {
                return Optional.of(error);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /**
     * Hands {@code thrown} to the handler of uncaught errors of this thread, where it is or was caused by a fatal error. For whoever has caught
     * it because a thread that ended, or a scheduler that kept it to itself, would say nothing.
     */
    public static void handOver(Throwable thrown) {
        if (find(thrown).isPresent()) {
            Thread here = Thread.currentThread();
            here.getUncaughtExceptionHandler().uncaughtException(here, thrown);
        }
    }
}
