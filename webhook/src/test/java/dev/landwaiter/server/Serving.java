package dev.landwaiter.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.certs.AuthoritiesSource;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.Health;
import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.certs.TrustedAuthorities;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.HostPort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A webhook server on loopback, and clients of it. */
final class Serving implements AutoCloseable {
    static final Duration DAY = Duration.ofDays(1);
    static final SelfSignedAuthority AUTHORITY = new SelfSignedAuthority("servers", DAY, InstantSource.system());
    private static final List<String> NAMES = List.of("localhost", "127.0.0.1");

    final FakeAdmission admission = new FakeAdmission();
    /** Of whoever has not proved to be the API server. */
    final FakeAdmission ofAnybody = new FakeAdmission();

    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final ChangingCertificate certificates = new ChangingCertificate(AUTHORITY.issueServer(NAMES, DAY));
    final WebhookServer server;
    final HostPort address;
    final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();

    private final Gate gate = new Gate();
    private final Vertx vertx = Vertx.builder().withTransport(gate.transport()).build();
    private final List<HttpClient> clients = new ArrayList<>();

    Serving() {
        this(Map.of(), new CallerRule.TrustedNetwork());
    }

    Serving(Map<Limit, Long> limits, CallerRule callers) {
        this(limits, callers, Patience.USUAL, Duration.ZERO);
    }

    Serving(Map<Limit, Long> limits, CallerRule callers, Patience patience, Duration drainDelay) {
        server = server(new HostPort("127.0.0.1", 0), limits, callers, patience, drainDelay);
        address = server.start().getFirst();
    }

    /** One that does not listen yet. */
    WebhookServer server(
            HostPort listen, Map<Limit, Long> limits, CallerRule callers, Patience patience, Duration drainDelay) {
        Map<String, Route> routes = Map.of(
                "/mutate",
                Route.reviews(admission, ofAnybody, Endpoint.MUTATE),
                "/validate",
                Route.reviews(admission, ofAnybody, Endpoint.VALIDATE),
                "/about",
                new Route.Document("{\"about\":\"this\"}"));
        return new WebhookServer(
                vertx,
                gate,
                new ServerOptions(2, Duration.ofMillis(500), drainDelay, Duration.ofSeconds(10), patience, fatal::add),
                List.of(new Listener(
                        "test", listen, "--listen", routes, callers, Budgets.ofReviews(Limits.of(limits)))),
                certificates,
                metrics);
    }

    /** The API server shows a certificate of that name, signed by those authorities. */
    static CallerRule shown(AuthoritiesSource authorities, String... names) {
        return new CallerRule.ByCertificate(
                List.of(new CallerRule.KnownCertificate(authorities, Set.of(names), CallerRule.By.API_SERVER)));
    }

    ServingCertificate newCertificate() {
        return AUTHORITY.issueServer(NAMES, DAY);
    }

    HttpClient client(HttpClient.Version version) {
        return client(version, null);
    }

    HttpClient client(HttpClient.Version version, @Nullable ServingCertificate own) {
        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(tls(own))
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        clients.add(client);
        return client;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + address.port() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json");
    }

    @CanIgnoreReturnValue
    HttpResponse<String> post(HttpClient client, String path, String body) throws IOException, InterruptedException {
        return client.send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> postLater(HttpClient client, String path, String body) {
        return client.sendAsync(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    /** A bare TLS connection, for what no decent client would send. */
    SSLSocket socket() throws IOException {
        return socket("127.0.0.1", null, "http/1.1");
    }

    /** One from an address of this machine's, that shows {@code own} and speaks {@code protocol}. */
    SSLSocket socket(String from, @Nullable ServingCertificate own, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket) tls(own).getSocketFactory().createSocket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), address.port()), 10_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    double gauge(String name) {
        return metrics.get(name).gauge().value();
    }

    double refusals(String code) {
        return metrics.get("landwaiter.server.refusals")
                .tag("code", code)
                .counter()
                .count();
    }

    static SSLContext tls(@Nullable ServingCertificate own) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", AUTHORITY.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore mine = KeyStore.getInstance(KeyStore.getDefaultType());
            mine.load(null, null);
            if (own != null) {
                mine.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
            }
            keys.init(mine, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        admission.release.countDown();
        ofAnybody.release.countDown();
        clients.forEach(HttpClient::shutdownNow);
        server.stop();
        Object _ = vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A source whose certificate a test changes. */
    static final class ChangingCertificate implements CertificateSource {
        private volatile ServingCertificate current;
        private volatile Consumer<ServingCertificate> changed = _ -> {};

        ChangingCertificate(ServingCertificate first) {
            current = first;
        }

        @Override
        public ServingCertificate get() {
            return current;
        }

        @Override
        public Watch start(Consumer<ServingCertificate> listener) {
            changed = listener;
            return () -> {};
        }

        @Override
        public Health healthy() {
            return new Health.Healthy(current.notAfter());
        }

        void change(ServingCertificate next) {
            changed.accept(next);
            current = next;
        }
    }

    /** Authorities of clients that a test replaces. */
    static final class ChangingAuthorities implements AuthoritiesSource {
        private volatile TrustedAuthorities current;
        private volatile Consumer<TrustedAuthorities> changed = _ -> {};

        ChangingAuthorities(TrustedAuthorities first) {
            current = first;
        }

        @Override
        public TrustedAuthorities get() {
            return current;
        }

        @Override
        public CertificateSource.Watch start(Consumer<TrustedAuthorities> listener) {
            changed = listener;
            return () -> {};
        }

        @Override
        public Optional<String> problem() {
            return Optional.empty();
        }

        void change(TrustedAuthorities next) {
            changed.accept(next);
            current = next;
        }
    }
}
