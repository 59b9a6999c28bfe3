package dev.landwaiter.fetch;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shares;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks registries while nobody waits for the answer. As many at once as requests may be, shared by namespace like these: what has no room now
 * is asked when somebody comes by again.
 */
public final class BackgroundAsks {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundAsks.class);

    private final Executor executor;
    private final Shares room;

    /** @param executor runs what may block */
    public BackgroundAsks(Executor executor, Limits limits) {
        this.executor = executor;
        this.room = new Shares(
                "confirmations of tags",
                limits.count(Limit.FETCHES_AT_ONCE),
                limits.count(Limit.FETCHES_OF_NAMESPACE),
                0);
    }

    /** Each on a virtual thread of its own. */
    public static BackgroundAsks onVirtualThreads(Limits limits) {
        return new BackgroundAsks(
                task -> Thread.ofVirtual().name("landwaiter-tag").start(task), limits);
    }

    /** Room for one ask on behalf of {@code tenant}, which is to be {@link #run} or closed; empty where there is none. Never waits. */
    Optional<Shares.Permit> room(String tenant) {
        return room.tryAcquire(tenant);
    }

    /** Runs {@code ask} in {@code place}. What becomes of it is remembered by whoever does it, so a failure of its own is told to nobody. */
    void run(Shares.Permit place, Runnable ask) {
        executor.execute(() -> {
            try (place) {
                ask.run();
            } catch (Failure e) {
                if (e.code() == Code.INTERNAL_ERROR) {
                    LOG.error("could not confirm a tag", e);
                }
            }
        });
    }
}
