package dev.landwaiter.limit;

import dev.landwaiter.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lets all who want the same thing at the same time share one piece of work: the first does it on its own thread, the others wait, each
 * until its own {@link Deadline}. The first pays for it out of its own {@link Budget}. What the first could not do because its own time,
 * budget or room ran out is not theirs: one of them starts anew, on its own account. Nor does anybody wait for room that only another tenant
 * lacks: where the first is held up behind its own tenant's work, whoever comes of another goes ahead. As much is kept as is under way, and
 * no more.
 */
public final class SingleFlight<K, V> {
    /** How often those of other tenants look whether the first is held up. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final ConcurrentMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
    private final Predicate<V> shared;
    private final Runnable joined;

    /** One whose waiting nobody is told of. */
    public SingleFlight(Predicate<V> shared) {
        this(shared, () -> {});
    }

    /**
     * One with nothing under way.
     *
     * @param shared whether a result is for those who waited too, and not owed to the time, budget or room of whoever did the work
     * @param joined told of each who waits for work that another began
     */
    public SingleFlight(Predicate<V> shared, Runnable joined) {
        this.shared = shared;
        this.joined = joined;
    }

    /** Lets nobody new wait for what is under way; whoever waits already gets it. */
    public void forget() {
        flights.clear();
    }

    /** How many pieces of work are under way. */
    public int underWay() {
        return flights.size();
    }

    /**
     * The result of {@code work}, done here or by whoever began it earlier.
     *
     * @param what is done, for the message of {@code DEADLINE_EXCEEDED}
     * @param work told until when and on which account it is done
     * @throws Failure that of the work; {@code DEADLINE_EXCEEDED} where the time ran out while waiting
     */
    public V get(K key, Deadline deadline, String what, Function<Deadline, V> work) {
        while (true) {
            // also before the first time: whoever has no time starts no work
            deadline.check(what);
            Flight<V> mine = new Flight<>(
                    new CompletableFuture<>(), deadline.within(deadline.budget().part()));
            Flight<V> running = flights.putIfAbsent(key, mine);
            if (running == null) {
                return lead(key, mine, work);
            }
            joined.run();
            deadline.budget().join(running.budget());
            try {
                Optional<V> result = result(running, deadline);
                if (result.isEmpty()) {
                    if (flights.replace(key, running, mine)) {
                        return lead(key, mine, work);
                    }
                } else if (shared.test(result.get())) {
                    return result.get();
                }
            } catch (ExecutionException e) {
                Failure failure = Failure.of(e.getCause() == null ? e : e.getCause());
                if (!failure.code().ofOneRequest()) {
                    throw failure;
                }
            } catch (TimeoutException e) {
                throw deadline.exceeded(what);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw deadline.exceeded(what);
            }
        }
    }

    /** What {@code running} comes to; empty where it is held up by what does not concern the tenant of {@code deadline}. */
    private static <V> Optional<V> result(Flight<V> running, Deadline deadline)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (running.own.tenant().equals(deadline.tenant())) {
            return Optional.of(running.result().get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        }
        while (true) {
            Duration next = deadline.atMost(LOOK).remaining();
            try {
                return Optional.of(running.result().get(next.toNanos(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                if (deadline.expired()) {
                    throw e;
                }
                if (running.own.heldUp()) {
                    return Optional.empty();
                }
            }
        }
    }

    private V lead(K key, Flight<V> mine, Function<Deadline, V> work) {
        try {
            V result = work.apply(mine.own);
            flights.remove(key, mine);
            mine.result().complete(result);
            return result;
        } catch (RuntimeException | Error e) {
            // whatever it was, nobody may wait for it for ever
            Failure failure = Failure.of(e);
            flights.remove(key, mine);
            mine.result().completeExceptionally(failure);
            throw failure;
        } finally {
            mine.budget().end();
        }
    }

    /** Work that is under way, until when and on whose account. */
    private record Flight<V>(CompletableFuture<V> result, Deadline own) {
        Budget budget() {
            return own.budget();
        }
    }
}
