package dev.landwaiter.transport;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are open, and who used them last. There is room for so many: where there are more, an idle one is closed, of the
 * tenant that has most of them the one that was used longest ago. So whoever calls on very many hosts loses its own connections, and not
 * those that others will want again. Those in use are bounded by {@link RequestRoom}.
 */
final class OpenConnections {
    private final int most;
    private final Duration finishing;
    private final AtomicInteger open = new AtomicInteger();
    /** Those that may be used, in the order of their last use. */
    private final SequencedMap<HttpConnection, Use> usable = new LinkedHashMap<>();

    private final Map<Destination, Integer> leading = new HashMap<>();

    /**
     * @param most how many there may be
     * @param finishing how long a request may take that is under way on a connection that is taken out of use
     */
    OpenConnections(int most, Duration finishing) {
        this.most = most;
        this.finishing = finishing;
    }

    /**
     * How a connection is used.
     *
     * @param destination where it leads, null before its first request
     * @param tenant of the last request
     * @param requests under way on it
     * @param answers that came on it
     */
    private record Use(@Nullable Destination destination, String tenant, int requests, long answers) {}

    /** To be called once for each connection, when it has just been made. */
    void opened(HttpConnection connection) {
        open.incrementAndGet();
        synchronized (usable) {
            usable.putLast(connection, new Use(null, "", 0, 0));
        }
        connection.closeHandler(_ -> {
            open.decrementAndGet();
            remove(connection);
        });
        // each exchange tells its own failure; without this a peer could fill our log with errors
        connection.exceptionHandler(_ -> {});
    }

    /** A request of {@code tenant} is about to be sent on {@code connection}; gives how many answers came on it so far. */
    long begins(HttpConnection connection, Destination destination, String tenant) {
        long answers = 0;
        synchronized (usable) {
            Use before = usable.get(connection);
            if (before != null) {
                if (before.destination == null) {
                    leading.merge(destination, 1, Integer::sum);
                }
                answers = before.answers;
                usable.putLast(connection, new Use(destination, tenant, before.requests + 1, answers));
            }
        }
        closeSurplus();
        return answers;
    }

    /** A request on {@code connection} has ended, with a whole answer or without. */
    void ends(HttpConnection connection, boolean answered) {
        synchronized (usable) {
            usable.computeIfPresent(
                    connection,
                    (_, use) -> new Use(
                            use.destination,
                            use.tenant,
                            Math.max(0, use.requests - 1),
                            answered ? use.answers + 1 : use.answers));
        }
        closeSurplus();
    }

    /**
     * Takes {@code connection} out of use where no answer came on it beyond {@code answers}: its peer is silent, and nobody else should wait
     * for it. What is under way on it may finish.
     */
    void retireIfSilent(HttpConnection connection, long answers) {
        boolean silent;
        synchronized (usable) {
            Use use = usable.get(connection);
            silent = use == null || use.answers == answers;
        }
        if (silent) {
            retire(connection);
        }
    }

    /** Whether there is a connection that leads to {@code destination}. */
    boolean leadTo(Destination destination) {
        synchronized (usable) {
            return leading.containsKey(destination);
        }
    }

    /** How many are open, those that only finish among them. */
    int count() {
        return open.get();
    }

    private void closeSurplus() {
        Optional<HttpConnection> surplus = surplus();
        while (surplus.isPresent()) {
            retire(surplus.get());
            surplus = surplus();
        }
    }

    private Optional<HttpConnection> surplus() {
        synchronized (usable) {
            if (usable.size() <= most) {
                return Optional.empty();
            }
            Map<String, Integer> idle = new HashMap<>();
            usable.values().stream()
                    .filter(use -> use.requests == 0)
                    .forEach(use -> idle.merge(use.tenant, 1, Integer::sum));
            int greatest = idle.values().stream().mapToInt(count -> count).max().orElse(0);
            return usable.entrySet().stream()
                    .filter(entry ->
                            entry.getValue().requests == 0 && idle.getOrDefault(entry.getValue().tenant, 0) == greatest)
                    .map(Map.Entry::getKey)
                    .findFirst();
        }
    }

    private void retire(HttpConnection connection) {
        remove(connection);
        connection.shutdown(finishing);
    }

    private void remove(HttpConnection connection) {
        synchronized (usable) {
            Use use = usable.remove(connection);
            if (use != null && use.destination != null) {
                leading.computeIfPresent(use.destination, (_, count) -> count == 1 ? null : count - 1);
            }
        }
    }
}
