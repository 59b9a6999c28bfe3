package dev.landwaiter.testregistry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a registry was asked, in the order of arrival. Safe for use by many threads. */
public final class RequestLog {
    private final List<LoggedRequest> requests = new ArrayList<>();
    private final IdentityHashMap<Object, Integer> connections = new IdentityHashMap<>();
    private int clock;
    private int connectionsSeen;

    /** Enters what {@code entry} makes of the next place in the order; the entry's own place in this log is returned. */
    synchronized int started(Object connection, UnaryOperator<LoggedRequest> entry) {
        int number = connections.computeIfAbsent(connection, seen -> ++connectionsSeen);
        requests.add(entry.apply(new LoggedRequest("", "", "", "", "", "", "", number, ++clock, Integer.MAX_VALUE)));
        return requests.size() - 1;
    }

    synchronized void answered(int place) {
        if (place < requests.size()) {
            LoggedRequest r = requests.get(place);
            requests.set(
                    place,
                    new LoggedRequest(
                            r.method(),
                            r.path(),
                            r.query(),
                            r.host(),
                            r.authorization(),
                            r.body(),
                            r.protocol(),
                            r.connection(),
                            r.started(),
                            ++clock));
        }
    }

    public synchronized List<LoggedRequest> all() {
        return List.copyOf(requests);
    }

    public synchronized int count() {
        return requests.size();
    }

    /** How many of {@code method} there were for paths that contain {@code part}. */
    public synchronized long count(String method, String part) {
        return requests.stream()
                .filter(request ->
                        request.method().equals(method) && request.path().contains(part))
                .count();
    }

    /** How many different connections they came over. */
    public synchronized int connections() {
        return (int) requests.stream().map(LoggedRequest::connection).distinct().count();
    }

    /**
     * How many round trips were made one after the other: the longest chain of requests of which each arrived after the one before was
     * answered. With a latency injected, requests sent together count as one.
     */
    public synchronized int depth() {
        List<LoggedRequest> done = new ArrayList<>(requests);
        Collections.sort(done, (a, b) -> Integer.compare(a.started(), b.started()));
        int[] depth = new int[done.size()];
        int most = 0;
        for (int i = 0; i < depth.length; i++) {
            depth[i] = 1;
            for (int j = 0; j < i; j++) {
                if (done.get(j).answered() < done.get(i).started()) {
                    depth[i] = Math.max(depth[i], depth[j] + 1);
                }
            }
            most = Math.max(most, depth[i]);
        }
        return most;
    }

    public synchronized void clear() {
        requests.clear();
    }
}
