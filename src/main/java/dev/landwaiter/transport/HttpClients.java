package dev.landwaiter.transport;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One HTTP client for each way of trusting and reaching a host: connections are never shared between hosts that trust different
 * authorities. Made when first needed, and kept as long as the settings name its authorities: there are no more of them than those, whatever
 * hosts are asked.
 */
final class HttpClients {
    /** RFC 9113 section 6.9.2: what a peer may send on one stream before it is told that there is room for more. */
    private static final int WINDOW = 64 << 10;
    /** The same of a streamed answer: as much as a fast and distant peer sends before it hears from us. */
    private static final int WINDOW_OF_STREAMS = 256 << 10;

    private final Vertx vertx;
    private final TransportSettings settings;
    private final Map<Route, HttpClientAgent> clients = new ConcurrentHashMap<>();
    /** Of authorities that are no longer trusted. */
    private final Set<HttpClientAgent> retired = ConcurrentHashMap.newKeySet();

    private final OpenConnections connections;
    private volatile Map<String, String> authorities;

    HttpClients(Vertx vertx, TransportSettings settings, OpenConnections connections) {
        this.vertx = vertx;
        this.settings = settings;
        this.connections = connections;
        this.authorities = settings.authorities();
    }

    /**
     * From now on {@code of} are trusted, as {@link TransportSettings#authorities} says. Connections by those that no longer are serve what is
     * under way, and are closed.
     */
    void trust(Map<String, String> of) {
        Map<String, String> next = TransportSettings.lowerCase(of);
        authorities = next;
        for (Map.Entry<Route, HttpClientAgent> one : List.copyOf(clients.entrySet())) {
            String authority = one.getKey().authority;
            if (!authority.isEmpty()
                    && !next.containsValue(authority)
                    && clients.remove(one.getKey(), one.getValue())) {
                retire(one.getValue());
            }
        }
    }

    /** Whoever was given it a moment ago finishes first. */
    private void retire(HttpClientAgent client) {
        retired.add(client);
        long _ = vertx.setTimer(settings.limits().get(Limit.REQUEST_MILLIS), _ -> {
            retired.remove(client);
            Object _ = client.close();
        });
    }

    /** The client for {@code destination}, through the proxy or straight. */
    HttpClientAgent client(Destination destination) {
        Target target = destination.target();
        Map<String, String> known = authorities;
        String authority = known.getOrDefault(target.hostAndPort(), known.getOrDefault(target.host(), ""));
        return clients.computeIfAbsent(
                new Route(target.tls(), authority, destination.address() == null, destination.streams()), this::create);
    }

    Future<?> close() {
        return Future.join(Stream.concat(clients.values().stream(), retired.stream())
                .map(HttpClientAgent::close)
                .toList());
    }

    private HttpClientAgent create(Route route) {
        Limits limits = settings.limits();
        int connectMillis = limits.count(Limit.CONNECT_MILLIS);
        int requests = limits.count(route.streams ? Limit.STREAMS_PER_HOST : Limit.FETCHES_PER_HOST);
        int window = route.streams ? WINDOW_OF_STREAMS : WINDOW;
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(connectMillis)
                .setSslHandshakeTimeout(connectMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(limits.count(Limit.RESPONSE_HEADER_BYTES))
                .setInitialSettings(new Http2Settings()
                        .setMaxHeaderListSize(limits.get(Limit.RESPONSE_HEADER_BYTES))
                        .setInitialWindowSize(window))
                // of all streams together: one that is not read fast enough holds up no other
                .setHttp2ConnectionWindowSize(Math.multiplyExact(window, requests))
                .setDecompressionSupported(false)
                .setTcpNoDelay(true)
                .setProtocolVersion(HttpVersion.HTTP_1_1);
        if (route.tls) {
            secure(options, route.authority);
        }
        ProxySettings proxy = settings.proxy();
        if (route.proxied && proxy != null) {
            options.setProxyOptions(proxy(proxy));
        }
        return vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions()
                        // as many as there are requests, so that none waits here, where nobody's turn counts: with
                        // HTTP/2 a second one
                        // is only opened where the peer's streams do not suffice
                        .setHttp1MaxSize(requests)
                        .setHttp2MaxSize(requests)
                        .setMaxWaitQueueSize(requests))
                .withConnectHandler(connections::opened)
                .build();
    }

    private static void secure(HttpClientOptions options, String authority) {
        options.setSsl(true)
                .setVerifyHost(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1));
        if (OpenSSLEngineOptions.isAvailable() && OpenSSLEngineOptions.isAlpnAvailable()) {
            options.setSslEngineOptions(new OpenSSLEngineOptions());
        }
        if (!authority.isEmpty()) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(authority)));
        }
    }

    private static ProxyOptions proxy(ProxySettings proxy) {
        ProxyOptions options =
                new ProxyOptions().setType(ProxyType.HTTP).setHost(proxy.host()).setPort(proxy.port());
        if (!proxy.user().isEmpty()) {
            options.setUsername(proxy.user()).setPassword(proxy.password());
        }
        return options;
    }

    /**
     * How hosts are reached that share a client.
     *
     * @param authority the CA certificates in PEM, {@code ""} for the system's
     * @param streams whether for streamed answers
     */
    private record Route(boolean tls, String authority, boolean proxied, boolean streams) {}
}
