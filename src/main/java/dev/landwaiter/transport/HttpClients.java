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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP client for each way of trusting and reaching a host: connections are never shared between hosts that trust different
 * authorities. Made when first needed, and kept: there are no more of them than settings name authorities, whatever hosts are asked.
 */
final class HttpClients {
    /** RFC 9113 section 6.9.2: what a peer may send on one stream before it is told that there is room for more. */
    private static final int STREAM_WINDOW = 64 << 10;

    private final Vertx vertx;
    private final TransportSettings settings;
    private final Map<Route, HttpClientAgent> clients = new ConcurrentHashMap<>();
    private final OpenConnections connections;

    HttpClients(Vertx vertx, TransportSettings settings, OpenConnections connections) {
        this.vertx = vertx;
        this.settings = settings;
        this.connections = connections;
    }

    /** The client for {@code target}, through the proxy or straight. */
    HttpClientAgent client(Target target, boolean proxied) {
        String authority = settings.authorities().getOrDefault(target.hostAndPort(), authorityOfHost(target));
        return clients.computeIfAbsent(new Route(target.tls(), authority, proxied), this::create);
    }

    private String authorityOfHost(Target target) {
        return settings.authorities().getOrDefault(target.host(), "");
    }

    Future<?> close() {
        return Future.join(clients.values().stream().map(HttpClientAgent::close).toList());
    }

    private HttpClientAgent create(Route route) {
        Limits limits = settings.limits();
        int connectMillis = limits.count(Limit.CONNECT_MILLIS);
        int requests = limits.count(Limit.FETCHES_PER_HOST);
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(connectMillis)
                .setSslHandshakeTimeout(connectMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(limits.count(Limit.RESPONSE_HEADER_BYTES))
                .setInitialSettings(new Http2Settings().setMaxHeaderListSize(limits.get(Limit.RESPONSE_HEADER_BYTES)))
                // of all streams together: one that is not read fast enough holds up no other
                .setHttp2ConnectionWindowSize(Math.multiplyExact(STREAM_WINDOW, requests))
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
     */
    private record Route(boolean tls, String authority, boolean proxied) {}
}
