package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.FatalError;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
    private final InstantSource clock;
    private volatile boolean closed;
    private volatile @Nullable Failing failing;

    /** Every round since then has failed. */
    private record Failing(Instant since, String why) {}

    /** What is done after news. */
    @FunctionalInterface
    interface Round {
        /** Reads what changed; says after how long it has to be looked again although nobody told of anything. */
        Duration read();
    }

    /** A thread that does not run yet. */
    ReadingThread(String name, InstantSource clock, Round round) {
        this.clock = clock;
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
            Duration next = round.read();
            failing = null;
            return next;
        } catch (Throwable thrown) {
            Failing before = failing;
            failing = new Failing(
                    before == null ? clock.instant() : before.since(),
                    // without its words, which may hold what a tenant wrote: whoever reaches the port may read this
                    "a mistake in the webhook (%s), which its log describes"
                            .formatted(thrown.getClass().getSimpleName()));
            LOG.error("{}: could not read what changed; what was read last stays in force", thread.getName(), thrown);
            FatalError.handOver(thrown);
            return AGAIN;
        }
    }

    /** That it cannot read what changed, if it is so: {@code reading cluster-policies has failed since …: …}. */
    Optional<String> problem() {
        Failing now = failing;
        if (now == null) {
            return Optional.empty();
        }
        Duration lasting = Duration.between(now.since(), clock.instant());
        return Optional.of("reading %s has failed %s"
                .formatted(thread.getName(), new Liveness.Trouble(now.since(), lasting, now.why(), true).text()));
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
