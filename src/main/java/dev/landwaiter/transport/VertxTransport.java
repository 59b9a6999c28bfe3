package dev.landwaiter.transport;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.ByteRange;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.StreamedResponse;
import dev.landwaiter.http.StreamingTransport;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP/2 (by ALPN) and HTTP/1.1 over kept connections, on Vert.x. Requests to one host that are made at the same time share one HTTP/2
 * connection, and so do streams, which have another one.
 *
 * <p>A name is resolved here, every address of it is put to the guard, and the connection is made to an address so checked while the
 * name stays what TLS verifies: what the name means to anyone else, or a moment later, cannot matter. Through a proxy, which resolves
 * names by itself and is its operator's guard, only addresses written as such are checked.
 *
 * <p>Look-ups of names, requests to a host and connections are shared by tenant, so that no tenant's requests make another's fail or wait. For
 * want of room a request is {@code OVERLOADED}, which never admits. Streams, which last, have room of their own, so that no request ever
 * waits for one.
 *
 * <p>Blocking: call it on a virtual thread, never on an event loop.
 */
public final class VertxTransport implements HttpTransport, StreamingTransport, AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Limits limits;
    private final OpenConnections connections;
    private final HttpClients clients;
    private final RequestRoom room;
    private final RequestRoom streamRoom;
    private final TargetCheck targets;
    private final Sender sender;
    private final TransportFailures failures;
    private final Discretion discretion;

    /** One that resolves names as the system does. {@code vertx} stays open when this is closed. */
    public VertxTransport(Vertx vertx, TransportSettings settings) {
        this(vertx, settings, NameResolver.SYSTEM);
    }

    public VertxTransport(Vertx vertx, TransportSettings settings, NameResolver resolver) {
        this.limits = settings.limits();
        this.connections = new OpenConnections(
                limits.count(Limit.OPEN_CONNECTIONS), Duration.ofMillis(limits.get(Limit.REQUEST_MILLIS)));
        this.clients = new HttpClients(vertx, settings, connections);
        this.room = RequestRoom.ofRequests(limits);
        this.streamRoom = RequestRoom.ofStreams(limits);
        this.targets = new TargetCheck(settings, resolver);
        this.failures = new TransportFailures(limits);
        this.sender = new Sender(settings, connections, clients, failures);
        this.discretion = new Discretion(settings);
    }

    @Override
    public Response exchange(Request request, Deadline deadline) {
        TargetCheck.Checked to = check(request, deadline);
        try (RequestRoom.Turn _ = room.enter(to.target(), deadline, request.what())) {
            BoundedExchange exchange = sender.send(
                    new Sender.Sending<>(
                            request,
                            destination -> new BoundedExchange(request, limits, connections, destination, deadline),
                            false,
                            deadline,
                            own(deadline)),
                    to);
            return exchange.answer().join();
        } catch (Failure e) {
            throw discretion.told(e, request.what(), to.target(), to.addresses(), deadline);
        }
    }

    @Override
    public StreamedResponse open(Request request, long from, Deadline deadline) {
        TargetCheck.Checked to = check(request, deadline);
        Request ranged = from == 0 ? request : request.with("Range", ByteRange.header(from));
        RequestRoom.Turn turn = streamRoom.enter(to.target(), deadline, request.what());
        try {
            StreamedExchange exchange = sender.send(
                    new Sender.Sending<>(
                            ranged,
                            destination ->
                                    new StreamedExchange(ranged, from, limits, connections, destination, deadline),
                            true,
                            deadline,
                            own(deadline)),
                    to);
            exchange.pieces().whenOver(turn::close);
            return response(exchange, to, deadline);
        } catch (RuntimeException | Error e) {
            turn.close();
            if (!(e instanceof Failure failure)) {
                throw e;
            }
            throw discretion.told(failure, request.what(), to.target(), to.addresses(), deadline);
        }
    }

    private StreamedResponse response(StreamedExchange exchange, TargetCheck.Checked to, Deadline deadline) {
        StreamedExchange.Head head = exchange.answer().join();
        MinimumRate rate = new MinimumRate(
                limits.get(Limit.STREAM_BYTES_PER_SECOND), Duration.ofMillis(limits.get(Limit.STREAM_SLOW_MILLIS)));
        StreamedBody body = new StreamedBody(
                exchange.pieces(),
                new EarlyEnd(exchange, to, deadline, failures, discretion),
                Duration.ofMillis(limits.get(Limit.STREAM_IDLE_MILLIS)),
                rate,
                System::nanoTime);
        return new StreamedResponse(head.response(), head.from(), body, body::close);
    }

    private TargetCheck.Checked check(Request request, Deadline deadline) {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("a registry must not be asked on an event loop");
        }
        return targets.check(request, deadline);
    }

    /** From here on: how long others took is not held against this request. */
    private Deadline own(Deadline deadline) {
        return deadline.atMost(Duration.ofMillis(limits.get(Limit.REQUEST_MILLIS)));
    }

    /**
     * From now on {@code authorities} are trusted in place of those of the settings; see {@link TransportSettings}. No request under way is cut off.
     */
    public void trust(Map<String, String> authorities) {
        clients.trust(authorities);
    }

    /** How many connections are open at this moment. */
    public int openConnections() {
        return connections.count();
    }

    /** How many requests wait for their turn at {@code hostAndPort}. */
    int waiting(String hostAndPort) {
        return room.waiting(hostAndPort);
    }

    /** How many hosts are asked, or waited for, at this moment. */
    int hostsAsked() {
        return room.hosts() + streamRoom.hosts();
    }

    @Override
    public void close() {
        targets.close();
        try {
            clients.close().toCompletionStage().toCompletableFuture().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the process ends, or Vert.x does: either closes what is left
        }
    }
}
