package dev.landwaiter.transport;

import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shares;
import dev.landwaiter.limit.Shares.Permit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Room for requests under way: so many to one host, and so many to all together, each shared by tenant. One tenant's requests never fill a
 * host's queue for another.
 */
final class RequestRoom {
    private final int perHost;
    private final int waiting;
    private final ConcurrentMap<String, OfHost> hosts = new ConcurrentHashMap<>();
    private final Shares ofAll;

    private RequestRoom(int perHost, int waiting, Shares ofAll) {
        this.perHost = perHost;
        this.waiting = waiting;
        this.ofAll = ofAll;
    }

    /** Room for requests whose answers are waited for as a whole. */
    static RequestRoom ofRequests(Limits limits) {
        int waiting = limits.count(Limit.FETCHES_WAITING);
        return new RequestRoom(
                limits.count(Limit.FETCHES_PER_HOST),
                waiting,
                new Shares(
                        "requests to registries",
                        limits.count(Limit.FETCHES_AT_ONCE),
                        limits.count(Limit.FETCHES_OF_NAMESPACE),
                        waiting));
    }

    /** Room for requests whose answers are streamed, and so take as long as they take. */
    static RequestRoom ofStreams(Limits limits) {
        int waiting = limits.count(Limit.FETCHES_WAITING);
        return new RequestRoom(
                limits.count(Limit.STREAMS_PER_HOST),
                waiting,
                new Shares(
                        "streams from registries",
                        limits.count(Limit.STREAMS_AT_ONCE),
                        limits.count(Limit.STREAMS_OF_NAMESPACE),
                        waiting));
    }

    /** The right to have one request under way, until it is closed; closing it again does nothing. */
    final class Turn implements AutoCloseable {
        private final String host;
        private @Nullable Permit ofHost;
        private @Nullable Permit ofAll;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Turn(String host) {
            this.host = host;
        }

        @Override
        public void close() {
            if (!open.getAndSet(false)) {
                return;
            }
            if (ofAll != null) {
                ofAll.close();
            }
            if (ofHost != null) {
                ofHost.close();
            }
            forget(host);
        }
    }

    /** A host that somebody asks or waits for; forgotten with the last of them. */
    private record OfHost(Shares shares, int users) {
        OfHost with(int more) {
            return new OfHost(shares, users + more);
        }
    }

    /**
     * Waits for the turn of {@code deadline}'s tenant at {@code target}.
     *
     * @throws dev.landwaiter.failure.Failure {@code OVERLOADED} where none comes in time, or too many wait
     */
    Turn enter(Target target, Deadline deadline, String what) {
        String host = target.hostAndPort();
        Shares shares = hosts.compute(
                        host, (_, known) -> known == null ? new OfHost(sharesOf(target), 1) : known.with(1))
                .shares;
        Turn turn = new Turn(host);
        try {
            // the host's first: who waits there takes no room from requests to others
            turn.ofHost = shares.acquire(deadline, what);
            turn.ofAll = ofAll.acquire(deadline, what);
            return turn;
        } catch (RuntimeException | Error e) {
            turn.close();
            throw e;
        }
    }

    private Shares sharesOf(Target target) {
        return new Shares("requests to " + target, perHost, perHost, waiting);
    }

    private void forget(String host) {
        hosts.computeIfPresent(host, (_, known) -> known.users == 1 ? null : known.with(-1));
    }

    /** How many requests wait for their turn at {@code hostAndPort}. */
    int waiting(String hostAndPort) {
        OfHost host = hosts.get(hostAndPort);
        return host == null ? 0 : host.shares.waiting();
    }

    /** How many hosts are asked or waited for. */
    int hosts() {
        return hosts.size();
    }
}
