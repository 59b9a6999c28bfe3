package dev.landwaiter.server;

import dev.landwaiter.admission.Admission;
import dev.landwaiter.certs.AuthoritiesSource;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.certs.TrustedAuthorities;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.settings.HostPort;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code POST /mutate} and {@code POST /validate} over HTTPS, HTTP/1.1 and HTTP/2. Start it once, stop it once; both block. */
public final class WebhookServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);
    private static final int HEADER_BYTES = 16 << 10;
    private static final int LINE_BYTES = 8 << 10;
    private static final int STREAMS = 256;
    private static final int BACKLOG = 1024;
    /** An event loop that has not done its rounds for so long is stuck. */
    private static final Duration STUCK = Duration.ofSeconds(15);

    private static final Duration UPDATE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final ServerOptions options;
    private final Admission admission;
    private final CertificateSource certificates;
    private final ServerMeters meters;
    private final List<ReviewLoop> loops = new CopyOnWriteArrayList<>();
    private volatile boolean draining;
    private final List<CertificateSource.Watch> watches = new CopyOnWriteArrayList<>();
    /** Held while TLS is changed, so that of two changes at once neither undoes the other. */
    private final Object changing = new Object();

    private Tls tls;

    public WebhookServer(
            Vertx vertx,
            ServerOptions options,
            Admission admission,
            CertificateSource certificates,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.options = options;
        this.admission = admission;
        this.certificates = certificates;
        this.meters = new ServerMeters(registry);
        AuthoritiesSource clients = options.clientAuthorities();
        this.tls = new Tls(certificates.get(), clients == null ? null : clients.get());
    }

    /**
     * Whom clients see, and whom they must be signed by.
     *
     * @param clients null where they need no certificate
     */
    private record Tls(
            ServingCertificate certificate, @Nullable TrustedAuthorities clients) {}

    /**
     * Listens and serves until {@link #stop()}.
     *
     * @return where, with the port that was chosen where port 0 was asked for
     * @throws Failure {@code SETTING_INVALID} where the address cannot be listened on
     */
    public HostPort start() {
        HttpServerOptions http = httpOptions();
        join(vertx.deployVerticle(
                () -> {
                    ReviewLoop loop = new ReviewLoop(options, http, admission, meters);
                    loops.add(loop);
                    return loop;
                },
                new DeploymentOptions().setInstances(options.eventLoops())));
        watches.add(certificates.start(next -> serve(now -> new Tls(next, now.clients()))));
        AuthoritiesSource clients = options.clientAuthorities();
        if (clients != null) {
            watches.add(clients.start(next -> serve(now -> new Tls(now.certificate(), next))));
        }
        HostPort listening =
                new HostPort(options.listen().host(), loops.getFirst().port());
        LOG.info("Listening on https://{} with {}", listening, certificates.get());
        return listening;
    }

    private HttpServerOptions httpOptions() {
        HttpServerOptions http = new HttpServerOptions()
                .setSsl(true)
                .setSslEngineOptions(TlsEngine.choose())
                .setEnabledSecureTransportProtocols(TlsEngine.protocols())
                .setKeyCertOptions(TlsEngine.keys(tls.certificate()))
                .setClientAuth(TlsEngine.clientAuth(tls.clients()))
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS))
                .setHttp2ClearTextEnabled(false)
                // nobody speaks WebSocket here: its handlers would stand in the way of every request
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxHeaderSize(HEADER_BYTES)
                .setMaxInitialLineLength(LINE_BYTES)
                .setHandle100ContinueAutomatically(true)
                .setSslHandshakeTimeout(ServerOptions.PATIENCE.toSeconds())
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setAcceptBacklog(BACKLOG);
        TrustedAuthorities clients = tls.clients();
        return clients == null ? http : http.setTrustOptions(TlsEngine.trust(clients));
    }

    /** New connections get what {@code change} makes of what is served now. */
    private void serve(UnaryOperator<Tls> change) {
        synchronized (changing) {
            Tls next = change.apply(tls);
            ServerSSLOptions ssl = TlsEngine.options(next.certificate(), next.clients());
            for (ReviewLoop loop : loops) {
                Boolean _ = loop.update(ssl)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .orTimeout(UPDATE.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
            }
            tls = next;
        }
    }

    /** Whether a stop was asked for: no longer ready. */
    public boolean draining() {
        return draining;
    }

    /** Whether every event loop still does its rounds. */
    public boolean responsive() {
        long now = System.nanoTime();
        return loops.stream().allMatch(loop -> now - loop.sweptAt() < STUCK.toNanos());
    }

    /**
     * Stops gracefully: no longer ready, then, after the drain delay, no new connections; requests that are being decided finish, for at
     * most the drain time.
     */
    public void stop() {
        if (draining) {
            return;
        }
        draining = true;
        LOG.info(
                "Draining: new connections for {} ms more, then at most {} ms for what is being decided",
                options.drainDelay().toMillis(),
                options.drain().toMillis());
        watches.forEach(CertificateSource.Watch::close);
        loops.forEach(ReviewLoop::drain);
        Future<Void> delayed = options.drainDelay().isZero()
                ? Future.succeededFuture()
                : vertx.timer(options.drainDelay().toMillis(), TimeUnit.MILLISECONDS)
                        .mapEmpty();
        try {
            Object _ = delayed.compose(_ ->
                            Future.join(loops.stream().map(ReviewLoop::shutDown).toList()))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            LOG.warn("Connections did not close in time; they are cut off", e);
        }
        LOG.info("Drained");
    }

    /** Waits for {@code future}, whose failure is one to listen. */
    private void join(Future<?> future) {
        try {
            Object _ = future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not listen on %s: %s. Free the port, or choose another by --listen."
                            .formatted(options.listen(), cause.getMessage()),
                    cause);
        }
    }
}
