package dev.landwaiter.fetch;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Lets only one of those who ask for the same thing at the same time do the work, on its own thread and within its own deadline; the
 * others wait, each within its own.
 */
final class SingleFlight<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();
    private final TierListener listener;

    SingleFlight(TierListener listener) {
        this.listener = listener;
    }

    /**
     * What {@code work} gives or throws, ours or that of whoever is at it. Where they ran out of time and we did not, it is tried
     * again.
     *
     * @param what is waited for, for messages
     */
    V fly(K key, String what, Deadline deadline, Supplier<V> work) {
        while (true) {
            CompletableFuture<V> ours = new CompletableFuture<>();
            CompletableFuture<V> theirs = flights.putIfAbsent(key, ours);
            if (theirs == null) {
                return lead(key, ours, work);
            }
            listener.joined();
            try {
                return theirs.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw deadline.exceeded(what);
            } catch (ExecutionException e) {
                Failure failure = Failure.of(e.getCause() == null ? e : e.getCause());
                if (failure.code() != Code.DEADLINE_EXCEEDED || deadline.expired()) {
                    throw failure;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw deadline.exceeded(what);
            }
        }
    }

    /** Lets nobody wait any more for what is under way; whoever waits already gets it. */
    void forget() {
        flights.clear();
    }

    private V lead(K key, CompletableFuture<V> ours, Supplier<V> work) {
        try {
            V value = work.get();
            flights.remove(key, ours);
            ours.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            Failure failure = Failure.of(e);
            flights.remove(key, ours);
            ours.completeExceptionally(failure);
            throw failure;
        }
    }
}
