package dev.landwaiter.server;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves listeners over HTTPS, HTTP/1.1 and HTTP/2. Start it once, stop it once; both block. */
public final class WebhookServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);
    private static final int HEADER_BYTES = 16 << 10;
    private static final int LINE_BYTES = 8 << 10;
    /** In which a body comes over HTTP/1.1: a TLS record has 16 KiB, and each piece costs its handling. */
    private static final int CHUNK_BYTES = 64 << 10;

    private static final int STREAMS = 256;
    /**
     * How many streams a client may reset in {@link #RESETS_WITHIN} before its connection is closed. An API server resets all that it has open
     * where its own time runs out, so twice as many as it may open.
     */
    private static final int RESETS = 2 * STREAMS;

    private static final Duration RESETS_WITHIN = Duration.ofSeconds(10);
    /** Of one block of headers, each of which costs a frame's handling and brings next to nothing. */
    private static final int SMALL_CONTINUATIONS = 16;

    private static final int BACKLOG = 1024;
    /** An event loop that has not done its rounds for so long is stuck. */
    private static final Duration STUCK = Duration.ofSeconds(15);

    private static final Duration UPDATE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Gate gate;
    private final ServerOptions options;
    private final CertificateSource certificates;
    private final List<Served> served;
    private volatile boolean draining;
    private final List<CertificateSource.Watch> watches = new CopyOnWriteArrayList<>();
    /** Held while TLS is changed, so that of two changes at once neither undoes the other. */
    private final Object changing = new Object();

    private ServingCertificate certificate;

    /**
     * One that is not yet listening.
     *
     * @param vertx made with {@code gate}'s transport
     */
    public WebhookServer(
            Vertx vertx,
            Gate gate,
            ServerOptions options,
            List<Listener> listeners,
            CertificateSource certificates,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.gate = gate;
        this.options = options;
        this.certificates = certificates;
        this.certificate = certificates.get();
        this.served = listeners.stream()
                .map(listener -> new Served(
                        new Premises(listener, options.patience().toBegin(), registry), new CopyOnWriteArrayList<>()))
                .toList();
    }

    /** A listener, and its share on each event loop. */
    private record Served(Premises premises, List<ListenerLoop> loops) {
        Listener listener() {
            return premises.listener();
        }
    }

    /**
     * Listens and serves until {@link #stop()}.
     *
     * @return where, for each listener, with the port that was chosen where port 0 was asked for
     * @throws Failure {@code SETTING_INVALID} where an address cannot be listened on
     */
    public List<HostPort> start() {
        List<HostPort> listening = new ArrayList<>();
        for (Served one : served) {
            HttpServerOptions http = httpOptions(one);
            join(
                    one.listener(),
                    vertx.deployVerticle(
                            () -> {
                                ListenerLoop loop = new ListenerLoop(options, http, one.premises());
                                one.loops().add(loop);
                                return loop;
                            },
                            new DeploymentOptions().setInstances(options.eventLoops())));
            int port = one.loops().getFirst().port();
            gate.set(port, one.premises().door());
            HostPort where = new HostPort(one.listener().listen().host(), port);
            LOG.info("Listening on https://{} with {}", where, certificates.get());
            listening.add(where);
        }
        watches.add(certificates.start(this::certificateChanged));
        for (Served one : served) {
            List<CallerRule.KnownCertificate> known = one.premises().callers().certificates();
            for (int i = 0; i < known.size(); i++) {
                int index = i;
                watches.add(known.get(i).authorities().start(next -> authoritiesChanged(one, index, next)));
            }
        }
        return listening;
    }

    private HttpServerOptions httpOptions(Served one) {
        TrustedAuthorities clients = one.premises().callers().authorities();
        return new HttpServerOptions()
                .setSsl(true)
                .setSslEngineOptions(TlsEngine.choose())
                .setEnabledSecureTransportProtocols(TlsEngine.protocols())
                .setKeyCertOptions(TlsEngine.keys(certificate))
                .setClientAuth(TlsEngine.clientAuth(clients))
                .setTrustOptions(TlsEngine.trust(clients))
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(STREAMS).setMaxHeaderListSize(HEADER_BYTES))
                .setHttp2ClearTextEnabled(false)
                .setHttp2RstFloodMaxRstFramePerWindow(RESETS)
                .setHttp2RstFloodWindowDuration((int) RESETS_WITHIN.toSeconds())
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setHttp2MaxSmallContinuationFrames(SMALL_CONTINUATIONS)
                // nobody speaks WebSocket here: its handlers would stand in the way of every request
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxHeaderSize(HEADER_BYTES)
                .setMaxChunkSize(CHUNK_BYTES)
                .setMaxInitialLineLength(LINE_BYTES)
                .setHandle100ContinueAutomatically(true)
                .setSslHandshakeTimeout(options.patience().toBegin().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setAcceptBacklog(BACKLOG);
    }

    private void certificateChanged(ServingCertificate next) {
        synchronized (changing) {
            ServingCertificate before = certificate;
            certificate = next;
            try {
                served.forEach(this::updateTls);
            } catch (RuntimeException e) {
                certificate = before;
                throw e;
            }
        }
    }

    private void authoritiesChanged(Served one, int index, TrustedAuthorities next) {
        synchronized (changing) {
            TrustedAuthorities before = one.premises().callers().replace(index, next);
            try {
                updateTls(one);
            } catch (RuntimeException e) {
                TrustedAuthorities _ = one.premises().callers().replace(index, before);
                throw e;
            }
        }
    }

    /** New connections get what is to be served now. */
    private void updateTls(Served one) {
        ServerSSLOptions ssl =
                TlsEngine.options(certificate, one.premises().callers().authorities());
        for (ListenerLoop loop : one.loops()) {
            Boolean _ = loop.update(ssl)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(UPDATE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    /** Whether a stop was asked for: no longer ready. */
    public boolean draining() {
        return draining;
    }

    /** Whether every event loop still does its rounds. */
    public boolean responsive() {
        long now = System.nanoTime();
        return loops().allMatch(loop -> now - loop.sweptAt() < STUCK.toNanos());
    }

    private Stream<ListenerLoop> loops() {
        return served.stream().flatMap(one -> one.loops().stream());
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
        loops().forEach(ListenerLoop::drain);
        Future<Void> delayed = options.drainDelay().isZero()
                ? Future.succeededFuture()
                : vertx.timer(options.drainDelay().toMillis(), TimeUnit.MILLISECONDS)
                        .mapEmpty();
        try {
            Object _ = delayed.compose(
                            _ -> Future.join(loops().map(ListenerLoop::shutDown).toList()))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            LOG.warn("Connections did not close in time; they are cut off", e);
        }
        LOG.info("Drained");
    }

    /** Waits for {@code future}, whose failure is one to listen. */
    private static void join(Listener listener, Future<?> future) {
        try {
            Object _ = future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not listen on %s: %s. Free the port, or choose another by %s."
                            .formatted(listener.listen(), cause.getMessage(), listener.flag()),
                    cause);
        }
    }
}
