package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.HttpTransport.Response;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.TestCertificates;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The transport against peers that behave, and peers that do not, over real TLS on loopback. */
class VertxTransportIT {
    private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));
    private static Vertx vertx;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void requestsMadeTogetherShareOneHttp2Connection() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(registry);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            registry.latency(Duration.ofMillis(50));
            List<Future<Response>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> transport.exchange(get(registry.uri() + "/v2/"), seconds(5))));
            }
            for (Future<Response> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }

            assertThat(registry.log().connections()).isEqualTo(1);
            assertThat(registry.log().all())
                    .allMatch(request -> request.protocol().equals("HTTP_2"));
            assertThat(transport.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void http11IsSpokenWhereThePeerKnowsNothingNewer() {
        try (TestRegistry registry = TestRegistry.builder().http1Only().start();
                VertxTransport transport = transport(registry)) {
            assertThat(transport
                            .exchange(get(registry.uri() + "/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);
            assertThat(transport
                            .exchange(get(registry.uri() + "/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);

            assertThat(registry.log().connections()).isEqualTo(1);
            assertThat(registry.log().all())
                    .allMatch(request -> request.protocol().equals("HTTP_1_1"));
        }
    }

    @Test
    void theHostHeaderIsTheNameAsWritten() {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(registry)) {
            assertThat(transport
                            .exchange(get(registry.uri() + "/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);

            assertThat(registry.log().all().getFirst().host()).isEqualTo(registry.host());
        }
    }

    @Test
    @DisplayName("Attack 12: a peer whose certificate another authority issued is not spoken to")
    @Tag("attack-12")
    void anotherAuthorityIsRefused() {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(
                        Map.of(registry.host(), TestCertificates.create().caPem()))) {
            Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + "/v2/"), seconds(5)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_TLS_FAILED);
            assertThat(failure.message())
                    .startsWith("Could not fetch the test from " + registry.host() + ": the TLS connection failed (")
                    .endsWith("name it with --registry-ca " + registry.host() + "=FILE.");
            assertThat(registry.log().count()).isZero();
        }
    }

    @Test
    @DisplayName(
            "other authorities count from the next request on, kept connections or not, and cut off none under way")
    void authoritiesAreReplaced() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(registry);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            registry.latency(Duration.ofMillis(700));
            Future<Response> underWay =
                    threads.submit(() -> transport.exchange(get(registry.uri() + "/v2/"), seconds(10)));
            until(() -> registry.log().count() == 1);

            transport.trust(Map.of(registry.host(), TestCertificates.create().caPem()));
            Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + "/v2/"), seconds(5)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_TLS_FAILED);
            assertThat(underWay.get().status()).isEqualTo(200);

            transport.trust(Map.of(registry.host(), registry.certificates().caPem()));
            assertThat(transport
                            .exchange(get(registry.uri() + "/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName("Attack 12: a peer whose certificate is for another name is not spoken to")
    @Tag("attack-12")
    void anotherNameIsRefused() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = new VertxTransport(
                        vertx,
                        settings(Map.of("other.test", registry.certificates().caPem()), Limits.defaults()),
                        host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")})) {
            Failure failure = failureOf(
                    () -> transport.exchange(get("https://other.test:" + registry.port() + "/v2/"), seconds(5)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_TLS_FAILED);
            assertThat(registry.log().count()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 2: a body is cut at the limit, whether the peer states its length or not")
    @Tag("attack-02")
    void aBodyIsCutAtTheLimit() {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(registry)) {
            registry.on("/stated", request -> request.response().end(Buffer.buffer(new byte[200_000])));
            registry.on("/endless", VertxTransportIT::endless);
            for (String path : List.of("/stated", "/endless")) {
                Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + path), seconds(5)));

                assertThat(failure.code()).isEqualTo(Code.LIMIT_EXCEEDED);
                assertThat(failure)
                        .hasMessage(
                                "Could not read the test: it exceeds the limit 'manifest-bytes' of 4194304 bytes. If it is meant to be that"
                                        + " large, raise the setting --limit manifest-bytes=….");
            }
        }
    }

    @Test
    @DisplayName("Attack 6: a compressed answer is not asked for, and one that comes stays as it came")
    @Tag("attack-06")
    void aCompressedAnswerIsNotInflated() throws Exception {
        byte[] bomb = gzip(new byte[16 << 20]);
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(registry)) {
            List<String> accepted = Collections.synchronizedList(new ArrayList<>());
            registry.on("/bomb", request -> {
                accepted.add(request.getHeader("Accept-Encoding"));
                request.response().putHeader("Content-Encoding", "gzip").end(Buffer.buffer(bomb));
            });

            Response response = transport.exchange(get(registry.uri() + "/bomb"), seconds(5));

            assertThat(accepted).containsExactly("identity");
            assertThat(response.body()).isEqualTo(bomb).hasSizeLessThan(100_000);
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    @Test
    void anErrorKeepsItsStatusHoweverLongItsExplanation() {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = transport(registry)) {
            registry.on("/busy", request -> {
                request.response().setStatusCode(503);
                endless(request);
            });

            Response response = transport.exchange(get(registry.uri() + "/busy"), seconds(5));

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void headersAreBounded() {
        for (boolean http1 : List.of(true, false)) {
            TestRegistry.Builder builder = TestRegistry.builder();
            try (TestRegistry registry = (http1 ? builder.http1Only() : builder).start();
                    VertxTransport transport = transport(registry)) {
                registry.on(
                        "/headers",
                        request -> request.response()
                                .putHeader("X-Long", "x".repeat(100_000))
                                .end());

                Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + "/headers"), seconds(5)));

                assertThat(failure.code()).as(failure.message()).isEqualTo(Code.LIMIT_EXCEEDED);
            }
        }
    }

    @Test
    @DisplayName("Attack 10: a silent peer is given up at the deadline and leaves no connection")
    @Tag("attack-10")
    void aSilentPeerIsGivenUpAtTheDeadline() {
        for (boolean http1 : List.of(true, false)) {
            TestRegistry.Builder builder = TestRegistry.builder();
            try (TestRegistry registry = (http1 ? builder.http1Only() : builder).start();
                    VertxTransport transport = transport(registry)) {
                registry.on("/silent", request -> {});

                Failure failure = failureOf(
                        () -> transport.exchange(get(registry.uri() + "/silent"), Deadline.in(Duration.ofMillis(300))));

                assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
                assertThat(failure)
                        .hasMessage("Could not fetch the test from " + registry.host()
                                + ": no complete answer came in the time that this request had left. Try again, or raise the"
                                + " webhook's timeoutSeconds.");
                until(() -> transport.openConnections() == 0);
            }
        }
    }

    @Test
    void silenceIsBoundedWhereThereIsTimeLeft() {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = new VertxTransport(
                        vertx,
                        settings(
                                Map.of(registry.host(), registry.certificates().caPem()),
                                Limits.of(Map.of(Limit.IDLE_MILLIS, 200L))))) {
            registry.on("/silent", request -> {});

            Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + "/silent"), seconds(30)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_TIMEOUT);
            assertThat(failure)
                    .hasMessage("Could not fetch the test from " + registry.host()
                            + ": it fell silent for 200 milliseconds (limit 'idle-millis'). Try again later.");
            until(() -> transport.openConnections() == 0);
        }
    }

    @Test
    void aTricklingPeerIsCutWhenTheRequestTookTooLong() {
        try (TestRegistry registry = TestRegistry.start();
                VertxTransport transport = new VertxTransport(
                        vertx,
                        settings(
                                Map.of(registry.host(), registry.certificates().caPem()),
                                Limits.of(Map.of(Limit.REQUEST_MILLIS, 400L))))) {
            registry.on("/trickle", request -> {
                request.response().setChunked(true);
                long timer = vertx.setPeriodic(20, id -> request.response().write("x"));
                request.response().exceptionHandler(gone -> vertx.cancelTimer(timer));
            });

            Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + "/trickle"), seconds(30)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_TIMEOUT);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch the test from " + registry.host()
                                    + ": the answer took longer than 400 milliseconds (limit 'request-millis'). Try again later.");
            until(() -> transport.openConnections() == 0);
        }
    }

    @Test
    void aRegistryThatIsDownIsUnreachable() {
        TestRegistry registry = TestRegistry.start();
        String uri = registry.uri();
        String host = registry.host();
        registry.close();
        try (VertxTransport transport = transport(Map.of())) {
            Failure failure = failureOf(() -> transport.exchange(get(uri + "/v2/"), seconds(5)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
            assertThat(failure)
                    .hasMessage("Could not fetch the test from " + host
                            + ": the connection was refused. Check that it is up and reachable from here.");
        }
    }

    @Test
    @DisplayName("Attack 10: a peer that accepts a connection and says nothing is given up, and the connection with it")
    @Tag("attack-10")
    void aPeerThatNeverFinishesTheHandshakeIsGivenUp() {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        NetServer silent = vertx.createNetServer()
                .connectHandler(socket -> {
                    seen.incrementAndGet();
                    open.incrementAndGet();
                    socket.closeHandler(closed -> open.decrementAndGet());
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        try (VertxTransport transport =
                new VertxTransport(vertx, settings(Map.of(), Limits.of(Map.of(Limit.CONNECT_MILLIS, 400L))))) {
            Request request = get("https://127.0.0.1:" + silent.actualPort() + "/v2/");

            assertThat(failureOf(() -> transport.exchange(request, seconds(30))))
                    .hasMessage("Could not fetch the test from 127.0.0.1:" + silent.actualPort()
                            + ": no connection within 400 milliseconds (limit 'connect-millis'). Check that it is up and reachable"
                            + " from here.");
            assertThat(failureOf(() -> transport.exchange(request, Deadline.in(Duration.ofMillis(100))))
                            .code())
                    .isEqualTo(Code.DEADLINE_EXCEEDED);
            until(() -> seen.get() >= 2 && open.get() == 0);
        } finally {
            silent.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void ofSeveralAddressesTheNextIsTriedWhereOneDoesNotConnectAndTheOneThatServedIsKept() {
        try (TestRegistry registry = TestRegistry.builder().names("two.test").start();
                VertxTransport transport = new VertxTransport(
                        vertx,
                        settings(Map.of("two.test", registry.certificates().caPem()), Limits.defaults()),
                        host -> new InetAddress[] {
                            InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")
                        })) {
            String uri = "https://two.test:" + registry.port() + "/v2/";
            for (int i = 0; i < 3; i++) {
                assertThat(transport.exchange(get(uri), seconds(10)).status()).isEqualTo(200);
            }
            assertThat(registry.log().connections()).isEqualTo(1);
        }
    }

    @Test
    void anUnknownNameIsToldAsSuch() {
        try (VertxTransport transport = new VertxTransport(vertx, TransportSettings.defaults(), host -> {
            throw new java.net.UnknownHostException(host);
        })) {
            Failure failure = failureOf(() -> transport.exchange(get("https://nowhere.test/v2/"), seconds(5)));

            assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch the test: the name nowhere.test is not known. Check its spelling, and the name"
                                    + " server.");
        }
    }

    @Test
    void aSlowNameServerIsGivenUpAtTheDeadline() {
        java.util.concurrent.CountDownLatch never = new java.util.concurrent.CountDownLatch(1);
        try (VertxTransport transport = new VertxTransport(vertx, TransportSettings.defaults(), host -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new java.net.UnknownHostException(host);
        })) {
            Failure failure = failureOf(
                    () -> transport.exchange(get("https://nowhere.test/v2/"), Deadline.in(Duration.ofMillis(100))));

            assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        } finally {
            never.countDown();
        }
    }

    @Test
    void aKeptConnectionThatThePeerClosedIsReplacedOnce() {
        try (TestRegistry registry = TestRegistry.builder().http1Only().start();
                VertxTransport transport = transport(registry)) {
            registry.on("/once", request -> {
                if (registry.log().count("GET", "/once") == 1) {
                    request.connection().close();
                } else {
                    request.response().end("there");
                }
            });

            assertThat(transport
                            .exchange(get(registry.uri() + "/once"), seconds(5))
                            .body())
                    .asString()
                    .isEqualTo("there");

            registry.on("/never", request -> request.connection().close());
            Failure failure = failureOf(() -> transport.exchange(get(registry.uri() + "/never"), seconds(5)));
            assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
            assertThat(registry.log().count("GET", "/never")).isEqualTo(2);
        }
    }

    @Test
    void plainHttpIsSpokenOnlyToHostsThatSettingsName() {
        try (TestRegistry registry = TestRegistry.builder().plainHttp().start();
                VertxTransport refusing = transport(Map.of());
                VertxTransport allowing = new VertxTransport(
                        vertx,
                        new TransportSettings(
                                Map.of(), Set.of(registry.host()), LOOPBACK, Set.of(), null, Limits.defaults()))) {
            Failure failure = failureOf(() -> refusing.exchange(get(registry.uri() + "/v2/"), seconds(5)));
            assertThat(failure)
                    .hasMessage(
                            "Could not fetch the test from %s: plain http is refused. Use https, or name the host with --registry-plain-http %s."
                                    .formatted(registry.host(), registry.host()));

            assertThat(allowing.exchange(get(registry.uri() + "/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    @DisplayName(
            "Attack 38: a name is resolved once for each request, and the connection goes to the address that was checked")
    @Tag("attack-38")
    void aNameThatChangesItsAddressGainsNothing() throws Exception {
        InetAddress inner = InetAddress.ofLiteral("127.0.0.1");
        InetAddress allowed = InetAddress.ofLiteral("127.0.0.2");
        List<InetAddress> answers = new ArrayList<>(List.of(allowed, inner));
        try (TestRegistry registry = TestRegistry.builder().names("rebind.test").start();
                VertxTransport transport = new VertxTransport(
                        vertx,
                        new TransportSettings(
                                Map.of("rebind.test", registry.certificates().caPem()),
                                Set.of(),
                                List.of(Cidr.parse("127.0.0.2")),
                                Set.of(),
                                null,
                                Limits.defaults()),
                        host -> new InetAddress[] {answers.removeFirst()})) {
            String uri = "https://rebind.test:" + registry.port() + "/v2/";

            // the first look-up passes the guard and is where the connection goes: nobody is there
            assertThat(failureOf(() -> transport.exchange(get(uri), seconds(5))).code())
                    .isEqualTo(Code.REGISTRY_UNREACHABLE);
            assertThat(failureOf(() -> transport.exchange(get(uri), seconds(5))))
                    .hasMessage("Could not fetch the test from rebind.test:" + registry.port()
                            + ": 127.0.0.1 is a loopback address. If it is meant to be spoken to, allow it with --allow-address"
                            + " 127.0.0.1.");
            assertThat(registry.log().count()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 38: one bad address among many is enough to refuse a name")
    @Tag("attack-38")
    void everyAddressOfANameIsChecked() {
        try (VertxTransport transport = new VertxTransport(vertx, TransportSettings.defaults(), host ->
                new InetAddress[] {InetAddress.ofLiteral("8.8.8.8"), InetAddress.ofLiteral("169.254.169.254")})) {
            assertThat(failureOf(() -> transport.exchange(get("https://both.test/"), seconds(5)))
                            .code())
                    .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
        }
    }

    @Test
    @DisplayName("Attack 38: addresses that serve because the name server fails are put to the guard like fresh ones")
    @Tag("attack-38")
    void lastKnownAddressesAreCheckedToo() {
        AtomicInteger asked = new AtomicInteger();
        try (VertxTransport transport = new VertxTransport(vertx, TransportSettings.defaults(), host -> {
            if (asked.incrementAndGet() > 1) {
                throw new java.net.UnknownHostException(host + ": Temporary failure in name resolution");
            }
            return new InetAddress[] {InetAddress.ofLiteral("169.254.169.254")};
        })) {
            for (int i = 0; i < 3; i++) {
                assertThat(failureOf(() -> transport.exchange(get("https://metadata.test/"), seconds(5)))
                                .code())
                        .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
            }
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void aProxyIsAskedToConnectAndNoProxyIsHonoured() {
        try (TestRegistry registry =
                        TestRegistry.builder().names("proxied.test").start();
                ConnectProxy proxy = ConnectProxy.to(vertx, registry.port());
                VertxTransport transport = new VertxTransport(
                        vertx,
                        new TransportSettings(
                                Map.of(
                                        "proxied.test", registry.certificates().caPem(),
                                        "127.0.0.1", registry.certificates().caPem()),
                                Set.of(),
                                LOOPBACK,
                                Set.of(),
                                ProxySettings.parse("http://user:secret@127.0.0.1:" + proxy.port(), "127.0.0.0/8"),
                                Limits.defaults()))) {
            assertThat(transport
                            .exchange(get("https://proxied.test/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);
            assertThat(proxy.seen()).containsExactly("CONNECT proxied.test:443 Basic dXNlcjpzZWNyZXQ=");

            assertThat(transport
                            .exchange(get("https://127.0.0.1:" + registry.port() + "/v2/"), seconds(5))
                            .status())
                    .isEqualTo(200);
            assertThat(proxy.seen()).hasSize(1);
        }
    }

    private static void endless(HttpServerRequest request) {
        request.response().setChunked(true);
        more(request);
    }

    private static void more(HttpServerRequest request) {
        request.response().write(Buffer.buffer(new byte[64 << 10])).onSuccess(written -> more(request));
    }

    private static Request get(String uri) {
        return new Request("GET", Address.of(uri), Map.of(), "", 100_000, Limit.MANIFEST_BYTES, Peer.NAMED, "the test");
    }

    private static Deadline seconds(int count) {
        return Deadline.in(Duration.ofSeconds(count));
    }

    private static VertxTransport transport(TestRegistry registry) {
        return transport(Map.of(registry.host(), registry.certificates().caPem()));
    }

    private static VertxTransport transport(Map<String, String> authorities) {
        return new VertxTransport(vertx, settings(authorities, Limits.defaults()));
    }

    private static TransportSettings settings(Map<String, String> authorities, Limits limits) {
        return new TransportSettings(authorities, Set.of(), LOOPBACK, Set.of(), null, limits);
    }

    private static Failure failureOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Failure failure = catchThrowableOfType(Failure.class, call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    /** Waits for a condition that something else brings about; gives up after ten seconds. */
    private static void until(java.util.function.BooleanSupplier condition) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - giveUp).as("still waiting").isNegative();
            Thread.onSpinWait();
        }
    }
}
