package dev.landwaiter.transport;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One HTTP client for each way of trusting and reaching a host: connections are never shared between hosts that trust different
 * authorities. Made when first needed.
 */
final class HttpClients {
    private static final int WAITING = 1024;

    private final Vertx vertx;
    private final TransportSettings settings;
    private final Map<Route, HttpClientAgent> clients = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();

    HttpClients(Vertx vertx, TransportSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /** The client for {@code target}, through the proxy or straight. */
    HttpClientAgent client(Target target, boolean proxied) {
        String authority = settings.authorities().getOrDefault(target.hostAndPort(), authorityOfHost(target));
        return clients.computeIfAbsent(new Route(target.tls(), authority, proxied), this::create);
    }

    private String authorityOfHost(Target target) {
        return settings.authorities().getOrDefault(target.host(), "");
    }

    /** Connections open at this moment. */
    int open() {
        return open.get();
    }

    Future<?> close() {
        return Future.join(clients.values().stream().map(HttpClientAgent::close).toList());
    }

    private HttpClientAgent create(Route route) {
        Limits limits = settings.limits();
        int connectMillis = limits.count(Limit.CONNECT_MILLIS);
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(connectMillis)
                .setSslHandshakeTimeout(connectMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxHeaderSize(limits.count(Limit.RESPONSE_HEADER_BYTES))
                .setInitialSettings(new Http2Settings().setMaxHeaderListSize(limits.get(Limit.RESPONSE_HEADER_BYTES)))
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
                        .setHttp1MaxSize(limits.count(Limit.CONNECTIONS_PER_HOST))
                        .setHttp2MaxSize(1)
                        .setMaxWaitQueueSize(WAITING))
                .withConnectHandler(this::count)
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

    private void count(HttpConnection connection) {
        open.incrementAndGet();
        connection.closeHandler(closed -> open.decrementAndGet());
        // each exchange tells its own failure; without this a peer could fill our log with errors
        connection.exceptionHandler(seen -> {});
    }

    /**
     * How hosts are reached that share a client.
     *
     * @param authority the CA certificates in PEM, {@code ""} for the system's
     */
    private record Route(boolean tls, String authority, boolean proxied) {}
}
