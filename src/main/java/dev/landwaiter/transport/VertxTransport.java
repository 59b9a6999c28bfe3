package dev.landwaiter.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP/2 (by ALPN) and HTTP/1.1 over kept connections, on Vert.x. Requests to one host that are made at the same time share one HTTP/2
 * connection.
 *
 * <p>A name is resolved here, every address of it is put to the guard, and the connection is made to an address so checked while the
 * name stays what TLS verifies: what the name means to anyone else, or a moment later, cannot matter. Through a proxy, which resolves
 * names by itself and is its operator's guard, only addresses written as such are checked.
 *
 * <p>Look-ups of names, requests to a host and connections are shared by tenant, so that no tenant's requests make another's fail or wait. For
 * want of room a request is {@code OVERLOADED}, which never admits.
 *
 * <p>Blocking: call it on a virtual thread, never on an event loop.
 */
public final class VertxTransport implements HttpTransport, AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final int REMEMBERED = 1024;

    private final TransportSettings settings;
    private final OpenConnections connections;
    private final HttpClients clients;
    private final RequestRoom room;
    private final NameLookup names;
    private final AddressGuard guard;
    private final TransportFailures failures;
    private final Discretion discretion;
    /** Who opens the first connection to a destination; those that come meanwhile wait for it. */
    private final ConcurrentMap<Destination, CompletableFuture<Void>> firstContacts = new ConcurrentHashMap<>();
    /** The address that served a host last: tried first, so that its kept connection is found again. */
    private final Cache<String, InetAddress> servedLast = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    /** One that resolves names as the system does. {@code vertx} stays open when this is closed. */
    public VertxTransport(Vertx vertx, TransportSettings settings) {
        this(vertx, settings, NameResolver.SYSTEM);
    }

    public VertxTransport(Vertx vertx, TransportSettings settings, NameResolver resolver) {
        this.settings = settings;
        this.connections = new OpenConnections(
                settings.limits().count(Limit.OPEN_CONNECTIONS),
                Duration.ofMillis(settings.limits().get(Limit.REQUEST_MILLIS)));
        this.clients = new HttpClients(vertx, settings, connections);
        this.room = new RequestRoom(settings.limits());
        this.names = new NameLookup(resolver, settings.limits());
        this.guard = new AddressGuard(settings.allowedAddresses(), settings.allowedHosts());
        this.failures = new TransportFailures(settings.limits());
        this.discretion = new Discretion(settings);
    }

    @Override
    public Response exchange(Request request, Deadline deadline) {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("a registry must not be asked on an event loop");
        }
        Target target = target(request);
        deadline.check(request.what());
        ProxySettings proxy = settings.proxy();
        boolean proxied =
                proxy != null && target.tls() && !proxy.bypasses(target.host(), target.port(), target.literal());
        List<InetAddress> addresses = proxied ? List.of() : checkedAddresses(request, target, deadline);
        InetAddress literal = target.literal();
        if (proxied && literal != null) {
            check(request, target, List.of(literal));
        }
        try (RequestRoom.Turn _ = room.enter(target, deadline, request.what())) {
            // from here on: how long others took is not held against this request
            Deadline own = deadline.atMost(Duration.ofMillis(settings.limits().get(Limit.REQUEST_MILLIS)));
            return proxied
                    ? exchange(request, new Destination(target, null), deadline, own)
                    : exchangeWithOneOf(addresses, request, target, deadline, own);
        } catch (Failure e) {
            throw discretion.told(e, request.what(), target, addresses, deadline);
        }
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
        return room.hosts();
    }

    @Override
    public void close() {
        names.close();
        try {
            clients.close().toCompletionStage().toCompletableFuture().get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the process ends, or Vert.x does: either closes what is left
        }
    }

    private Target target(Request request) {
        Target target = Target.of(request.address());
        if (!target.tls()
                && !settings.plainHttp().contains(target.host())
                && !settings.plainHttp().contains(target.hostAndPort())) {
            throw new Failure(
                    Code.REGISTRY_REDIRECT_REFUSED,
                    "Could not fetch %s from %s: plain http is refused. Use https, or name the host with --registry-plain-http %s."
                            .formatted(request.what(), target, target.hostAndPort()));
        }
        return target;
    }

    private List<InetAddress> checkedAddresses(Request request, Target target, Deadline deadline) {
        InetAddress literal = target.literal();
        List<InetAddress> addresses = literal != null
                ? List.of(literal)
                : names.find(
                        target.host(),
                        deadline.atMost(Duration.ofMillis(settings.limits().get(Limit.REQUEST_MILLIS))),
                        request.what());
        check(request, target, addresses);
        return addresses;
    }

    private void check(Request request, Target target, List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            Optional<String> refusal = guard.refusal(target.host(), address, request.peer());
            if (refusal.isPresent()) {
                throw new Failure(
                        Code.REGISTRY_ADDRESS_REFUSED,
                        "Could not fetch %s from %s: %s. If it is meant to be spoken to, allow it with --allow-address %s."
                                .formatted(request.what(), target, refusal.get(), address.getHostAddress()));
            }
        }
    }

    /** Tries the addresses in turn until one can be connected to; the one that served last comes first. */
    private Response exchangeWithOneOf(
            List<InetAddress> addresses, Request request, Target target, Deadline deadline, Deadline own) {
        List<InetAddress> inTurn = new ArrayList<>(addresses);
        InetAddress last = servedLast.getIfPresent(target.hostAndPort());
        if (last != null && inTurn.remove(last)) {
            inTurn.addFirst(last);
        }
        Failure notReached = null;
        for (InetAddress address : inTurn) {
            try {
                Response response = exchange(request, new Destination(target, address), deadline, own);
                if (!address.equals(last)) {
                    servedLast.put(target.hostAndPort(), address);
                }
                return response;
            } catch (Failure e) {
                if (e.getCause() == null || !TransportFailures.notConnected(e.getCause())) {
                    throw e;
                }
                notReached = e;
            }
        }
        throw notReached == null
                ? failures.of(new ConnectException("the name has no address"), request.what(), target)
                : notReached;
    }

    /** Sends once, and once more where a kept connection was closed before any of the answer came; never a POST twice. */
    private Response exchange(Request request, Destination destination, Deadline deadline, Deadline own) {
        Target target = destination.target();
        boolean mayRepeat = !request.method().equals("POST");
        while (true) {
            BoundedExchange exchange =
                    new BoundedExchange(request, settings.limits(), connections, destination, deadline);
            try {
                start(exchange, options(request, destination), own);
                return exchange.answer().get(own.remaining().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                exchange.abandon();
                throw deadline.expired()
                        ? deadline.lackOfRoom(request.what())
                                .orElseGet(() -> failures.outOfTime(request.what(), target))
                        : failures.tooSlow(request.what(), target);
            } catch (InterruptedException e) {
                exchange.cut();
                Thread.currentThread().interrupt();
                throw deadline.exceeded(request.what());
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
     * Starts {@code exchange}. Where no connection leads to its destination, whoever comes first opens one, alone, and the others wait for it: then
     * it is known whether the peer speaks HTTP/2, where they share it, or HTTP/1.1, where each opens its own; and a peer that cannot be
     * connected to costs one attempt, of which all of them are told.
     */
    private void start(BoundedExchange exchange, RequestOptions options, Deadline own)
            throws InterruptedException, ExecutionException, TimeoutException {
        Destination destination = exchange.destination();
        HttpClient client = clients.client(destination.target(), destination.address() == null);
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

    private RequestOptions options(Request request, Destination destination) {
        Target target = destination.target();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method()))
                .setHost(target.hostInUri())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(request.address().target())
                // whoever has less time gives up sooner, and leaves the connection to those who wait for it
                .setConnectTimeout(settings.limits().get(Limit.CONNECT_MILLIS))
                .setIdleTimeout(settings.limits().get(Limit.IDLE_MILLIS))
                .putHeader("Accept-Encoding", "identity")
                .putHeader("User-Agent", "landwaiter");
        request.headers().forEach(options::putHeader);
        if (destination.address() != null) {
            options.setServer(
                    SocketAddress.inetSocketAddress(new InetSocketAddress(destination.address(), target.port())));
        }
        return options;
    }
}
