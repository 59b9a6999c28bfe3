package dev.landwaiter.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Sends a request to a target that was checked, and waits for what its exchange gives. */
final class Sender {
    private static final int REMEMBERED = 1024;

    private final TransportSettings settings;
    private final OpenConnections connections;
    private final HttpClients clients;
    private final TransportFailures failures;
    /** Who opens the first connection to a destination; those that come meanwhile wait for it. */
    private final ConcurrentMap<Destination, CompletableFuture<Void>> firstContacts = new ConcurrentHashMap<>();
    /** The address that served a host last: tried first, so that its kept connection is found again. */
    private final Cache<String, InetAddress> servedLast = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    Sender(TransportSettings settings, OpenConnections connections, HttpClients clients, TransportFailures failures) {
        this.settings = settings;
        this.connections = connections;
        this.clients = clients;
        this.failures = failures;
    }

    /**
     * What is sent.
     *
     * @param exchange makes one, for a destination; it is asked again for each further attempt
     * @param streams whether its answer is streamed
     * @param deadline of whoever asks
     * @param own by when the exchange must have given something
     */
    record Sending<E extends HttpExchange<?>>(
            Request request, Function<Destination, E> exchange, boolean streams, Deadline deadline, Deadline own) {}

    /** The exchange that has an answer. Tries the addresses in turn until one can be connected to; the one that served last comes first. */
    <E extends HttpExchange<?>> E send(Sending<E> sending, TargetCheck.Checked to) {
        Target target = to.target();
        if (to.proxied()) {
            return send(sending, new Destination(target, null, sending.streams()));
        }
        List<InetAddress> inTurn = new ArrayList<>(to.addresses());
        InetAddress last = servedLast.getIfPresent(target.hostAndPort());
        if (last != null && inTurn.remove(last)) {
            inTurn.addFirst(last);
        }
        Failure notReached = null;
        for (InetAddress address : inTurn) {
            try {
                E exchange = send(sending, new Destination(target, address, sending.streams()));
                if (!address.equals(last)) {
                    servedLast.put(target.hostAndPort(), address);
                }
                return exchange;
            } catch (Failure e) {
                if (e.getCause() == null || !TransportFailures.notConnected(e.getCause())) {
                    throw e;
                }
                notReached = e;
            }
        }
        throw notReached == null
                ? failures.of(
                        new ConnectException("the name has no address"),
                        sending.request().what(),
                        target)
                : notReached;
    }

    /** Sends once, and once more where a kept connection was closed before any of the answer came; never a POST twice. */
    private <E extends HttpExchange<?>> E send(Sending<E> sending, Destination destination) {
        Request request = sending.request();
        Target target = destination.target();
        boolean mayRepeat = !request.method().equals("POST");
        while (true) {
            E exchange = sending.exchange().apply(destination);
            try {
                start(exchange, options(sending, destination), sending.own());
                Object _ = exchange.answer().get(sending.own().remaining().toNanos(), TimeUnit.NANOSECONDS);
                return exchange;
            } catch (TimeoutException e) {
                exchange.abandon();
                throw sending.deadline().expired()
                        ? sending.deadline()
                                .lackOfRoom(request.what())
                                .orElseGet(() -> failures.outOfTime(request.what(), target))
                        : failures.tooSlow(request.what(), target);
            } catch (InterruptedException e) {
                exchange.cut();
                Thread.currentThread().interrupt();
                throw sending.deadline().exceeded(request.what());
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (cause instanceof TimeoutException) {
                    exchange.abandon();
                }
                if (mayRepeat && !exchange.answering() && TransportFailures.closed(cause)) {
                    mayRepeat = false;
                    continue;
                }
                throw failures.of(cause, request.what(), target);
            }
        }
    }

    /**
     * Starts {@code exchange}. Where no connection leads to its destination, whoever comes first opens one, alone, and the others wait for it:
     * then it is known whether the peer speaks HTTP/2, where they share it, or HTTP/1.1, where each opens its own; and a peer that cannot be
     * connected to costs one attempt, of which all of them are told.
     */
    private void start(HttpExchange<?> exchange, RequestOptions options, Deadline own)
            throws InterruptedException, ExecutionException, TimeoutException {
        Destination destination = exchange.destination();
        HttpClient client = clients.client(destination);
        while (!connections.leadTo(destination)) {
            CompletableFuture<Void> mine = new CompletableFuture<>();
            CompletableFuture<Void> theirs = firstContacts.putIfAbsent(destination, mine);
            if (theirs == null) {
                CompletableFuture<Void> _ = exchange.connected().whenComplete((_, thrown) -> {
                    firstContacts.remove(destination, mine);
                    if (thrown == null) {
                        mine.complete(null);
                    } else {
                        mine.completeExceptionally(thrown);
                    }
                });
                break;
            }
            theirs.get(own.remaining().toNanos(), TimeUnit.NANOSECONDS);
        }
        exchange.start(client, options);
    }

    private RequestOptions options(Sending<?> sending, Destination destination) {
        Request request = sending.request();
        Target target = destination.target();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method()))
                .setHost(target.hostInUri())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(request.address().target())
                // whoever has less time gives up sooner, and leaves the connection to those who wait for it
                .setConnectTimeout(settings.limits().get(Limit.CONNECT_MILLIS))
                .putHeader("Accept-Encoding", "identity")
                .putHeader("User-Agent", "landwaiter");
        if (!sending.streams()) {
            // it would also count the silence of a peer that we ourselves keep from sending
            options.setIdleTimeout(settings.limits().get(Limit.IDLE_MILLIS));
        }
        request.headers().forEach(options::putHeader);
        if (destination.address() != null) {
            options.setServer(
                    SocketAddress.inetSocketAddress(new InetSocketAddress(destination.address(), target.port())));
        }
        return options;
    }
}
