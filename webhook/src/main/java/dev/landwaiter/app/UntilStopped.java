package dev.landwaiter.app;

import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A service that runs until its process is told to stop. */
final class UntilStopped {
    private UntilStopped() {}

    /**
     * Starts it, waits until the process is told to stop, and stops it then. An error that nobody expected ends the process.
     *
     * @param start gives what stops it, which takes as long as it needs
     * @param thread what the thread is called on which it stops
     */
    static void run(Function<FatalErrors, Runnable> start, String thread) throws InterruptedException {
        FatalErrors fatal = FatalErrors.haltingTheProcess();
        fatal.watchAllThreads();
        Runnable stop = start.apply(fatal);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stopping = Thread.ofPlatform().name(thread).unstarted(() -> {
            stop.run();
            stopped.countDown();
        });
        Runtime.getRuntime().addShutdownHook(stopping);
        stopped.await();
    }
}
