package dev.landwaiter.limit;

import dev.landwaiter.failure.Failure;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs work that takes long without ever waiting on a platform thread of its own, which the system makes take turns with others. The few
 * threads that carry virtual ones cannot: whatever runs on one keeps it until it waits.
 */
public final class OwnThread {
    private OwnThread() {}

    /** The result of {@code work}, whose failure is thrown as it is. Waits until it is done: an interruption shows afterwards. */
    public static <T> T run(String name, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread _ = Thread.ofPlatform().name(name).daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw thrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException thrown(ExecutionException e) {
        return switch (e.getCause()) {
            case Error error -> throw error;
            case RuntimeException exception -> exception;
            case null, default -> Failure.of(e);
        };
    }
}
