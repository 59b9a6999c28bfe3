package dev.landwaiter.kubernetes;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads whatever there is news of. A thread of the system and not a virtual one: compiling a policy takes the processor for up
 * to a tenth of a second without a pause, and on a small machine virtual threads, which answer reviews, would wait for it.
 */
final class ReadingThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingThread.class);
    /** After a mistake of our own. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /** What is done after news. */
    @FunctionalInterface
    interface Round {
        /** Reads what changed; says after how long it has to be looked again although nobody told of anything. */
        Duration read();
    }

    /** A thread that does not run yet. */
    ReadingThread(String name, Round round) {
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(round));
    }

    void start() {
        thread.start();
    }

    /** Something changed. */
    void news() {
        news.release();
    }

    /** Whether it is to end. */
    boolean closed() {
        return closed;
    }

    private void run(Round round) {
        while (!closed) {
            // before anything is looked at: what changes from now on is looked at once more
            int _ = news.drainPermits();
            Duration next = read(round);
            try {
                if (news.tryAcquire(next.toMillis(), TimeUnit.MILLISECONDS)) {
                    news.release();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Duration read(Round round) {
        try {
            return round.read();
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("{}: could not read what changed; what was read last stays in force", thread.getName(), e);
            return AGAIN;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
