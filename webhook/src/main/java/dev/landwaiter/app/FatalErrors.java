package dev.landwaiter.app;

import dev.landwaiter.failure.FatalError;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done about an {@link Error} that nobody expected: on an event loop, in a decision, on any thread. A process that has met one may go
 * on half alive (a lock that nobody opens, a thread that is gone), and answer its health endpoint all the same. So the webhook ends at once,
 * and whoever watches it starts it anew. Where the JVM itself finds no memory, {@code -XX:+ExitOnOutOfMemoryError} has ended it before.
 */
public final class FatalErrors implements Consumer<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);
    /** For the log's last line: it is written by another thread. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final AtomicBoolean ending = new AtomicBoolean();
    private final Runnable end;

    /** @param end ends the process, and does not come back in one that is not a test */
    FatalErrors(Runnable end) {
        this.end = end;
    }

    /** Ends this process; no shutdown hook runs, because one may wait for what no longer works. */
    static FatalErrors haltingTheProcess() {
        return new FatalErrors(() -> Runtime.getRuntime().halt(ExitCode.INTERNAL));
    }

    /** Only logged: for a process that does more than to serve. */
    public static FatalErrors logged() {
        return new FatalErrors(() -> {});
    }

    /** Also of every thread of this process that ends by what it did not catch. */
    void watchAllThreads() {
        Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> accept(thrown));
    }

    /** Whatever was thrown is logged; where it is a fatal error, the process ends. */
    @Override
    public void accept(Throwable thrown) {
        boolean fatal = FatalError.find(thrown).isPresent();
        try {
            LOG.error(
                    fatal
                            ? "An unexpected error: this process can no longer be trusted, and ends"
                            : "An internal error: what was under way failed, and the rest goes on",
                    thrown);
        } finally {
            if (fatal && ending.compareAndSet(false, true)) {
                LockSupport.parkNanos(LAST_WORDS.toNanos());
                end.run();
            }
        }
    }
}
