package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.http.BudgetedStreams;
import dev.landwaiter.http.HttpTransport.Peer;
import dev.landwaiter.http.HttpTransport.Request;
import dev.landwaiter.http.StreamedResponse;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.ReviewBudget;
import dev.landwaiter.testregistry.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streamed answers over real TLS on loopback, of peers that behave and peers that do not. */
@Timeout(60)
class StreamsIT {
    private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));
    private static final long LARGE = 200 << 20;
    private static final byte[] PIECE = piece();
    private static Vertx vertx;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** How many bytes of a large answer the registry got rid of. */
    private final AtomicLong sent = new AtomicLong();

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void end() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSentIsWhatIsRead(boolean http1) throws Exception {
        byte[] content = content(3 << 20);
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on(
                    "/blob",
                    request -> request.response().putHeader("X-Some", "a").end(Buffer.buffer(content)));

            try (StreamedResponse response = transport.open(get(registry, "/blob"), 0, seconds(5))) {
                assertThat(response.head().status()).isEqualTo(200);
                assertThat(response.head().header("x-some")).contains("a");
                assertThat(response.head().body()).isEmpty();
                assertThat(response.from()).isZero();
                assertThat(response.body().readAllBytes()).isEqualTo(content);
                assertThat(response.body().read()).isEqualTo(-1);
            }
            assertThat(transport.openConnections()).isEqualTo(1);
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "however slow the reader is, its peer is held up, and only a window's worth is on its way; others go on meanwhile")
    void aSlowReaderHoldsUpItsPeer(boolean http1) throws Exception {
        // what is in the kernel's buffers counts as sent over HTTP/1.1, which has no window of its own
        long most = http1 ? 16 << 20 : 2 << 20;
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on("/large", request -> large(request, LARGE));
            registry.on("/small", request -> request.response().end("small"));

            try (StreamedResponse response = transport.open(get(registry, "/large"), 0, seconds(5))) {
                InputStream body = response.body();
                long read = 0;
                while (read < 20 << 20) {
                    read += body.readNBytes(1 << 20).length;
                    for (int i = 0; i < 3; i++) {
                        assertThat(transport
                                        .exchange(get(registry, "/small"), seconds(5))
                                        .status())
                                .isEqualTo(200);
                    }
                    assertThat(sent.get() - read).isLessThan(most);
                }
                while (read < LARGE) {
                    read += body.readNBytes(1 << 20).length;
                }
                assertThat(body.read()).isEqualTo(-1);
                assertThat(read).isEqualTo(LARGE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("200 MB pass through a process that has 32 MB of heap, and 32 MB beside it")
    void littleMemoryIsEnough(boolean http1, @TempDir Path folder) throws Exception {
        try (TestRegistry registry = registry(http1)) {
            registry.on("/large", request -> large(request, LARGE));
            Path authority = folder.resolve("ca.pem");
            Files.writeString(authority, registry.certificates().caPem());
            Process reader = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx32m",
                            "-XX:MaxDirectMemorySize=32m",
                            "-XX:+UseSerialGC",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            StreamReader.class.getName(),
                            registry.uri() + "/large",
                            authority.toString())
                    .redirectError(folder.resolve("error.log").toFile())
                    .start();
            String output = new String(reader.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();

            assertThat(reader.waitFor())
                    .as(Files.readString(folder.resolve("error.log")))
                    .isZero();
            assertThat(output).isEqualTo(LARGE + " " + digestOfLarge());
        }
    }

    private static String digestOfLarge() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (long left = LARGE; left > 0; left -= PIECE.length) {
            digest.update(PIECE);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("a peer that falls silent within a body is given up, however much time the caller has")
    void silenceEndsAStream(boolean http1) throws Exception {
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Map.of(Limit.STREAM_IDLE_MILLIS, 200L))) {
            CompletableFuture<Void> gone = new CompletableFuture<>();
            registry.on("/stalled", request -> {
                request.response().exceptionHandler(_ -> gone.complete(null));
                request.response().setChunked(true).write("some");
            });

            try (StreamedResponse response = transport.open(get(registry, "/stalled"), 0, seconds(60))) {
                assertThat(read(response, 4)).isEqualTo("some");
                Failure failure = failureOf(() -> response.body().read());

                assertThat(failure.code()).isEqualTo(Code.REGISTRY_TIMEOUT);
                assertThat(failure)
                        .hasMessage(
                                "Could not fetch the test from " + registry.host()
                                        + ": it fell silent for 200 milliseconds (limit 'stream-idle-millis'). Try again later.");
                assertThat(failureOf(() -> response.body().read())).hasMessage(failure.message());
            }
            gone.join();
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @Test
    @DisplayName("a byte now and then does not hold a place for ever")
    void aTrickleEndsAStream() {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of(Limit.STREAM_SLOW_MILLIS, 300L))) {
            registry.on("/trickle", request -> {
                request.response().setChunked(true);
                long timer = vertx.setPeriodic(20, _ -> request.response().write("x"));
                request.response().exceptionHandler(_ -> vertx.cancelTimer(timer));
            });

            try (StreamedResponse response = transport.open(get(registry, "/trickle"), 0, seconds(60))) {
                Failure failure = failureOf(() -> response.body().readAllBytes());

                assertThat(failure.code()).isEqualTo(Code.REGISTRY_TIMEOUT);
                assertThat(failure)
                        .hasMessage(
                                "Could not fetch the test from " + registry.host()
                                        + ": it sent less than 16384 bytes a second (limit 'stream-bytes-per-second') for 300 milliseconds (limit 'stream-slow-millis'). Try again later.");
            }
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @Test
    void aHeadThatNeverComesIsGivenUpAtTheDeadline() {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on("/silent", _ -> {});

            Failure failure =
                    failureOf(() -> transport.open(get(registry, "/silent"), 0, Deadline.in(Duration.ofMillis(200))));

            assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            until(() -> transport.openConnections() == 0);
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("whoever closes a stream ends it at the peer too; a connection that cannot be used any more is closed")
    void closingEndsItAtThePeer(boolean http1) throws Exception {
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Map.of())) {
            CompletableFuture<Void> gone = new CompletableFuture<>();
            registry.on("/large", request -> {
                request.response().exceptionHandler(_ -> gone.complete(null));
                large(request, LARGE);
            });

            StreamedResponse response = transport.open(get(registry, "/large"), 0, seconds(5));
            assertThat(response.body().readNBytes(100_000)).hasSize(100_000);
            response.close();
            response.close();

            gone.join();
            assertThatThrownBy(() -> response.body().read()).isInstanceOf(CancellationException.class);
            until(() -> transport.openConnections() == (http1 ? 0 : 1));
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @Test
    void aReaderThatWaitsIsToldThatItsStreamWasClosed() throws Exception {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on(
                    "/stalled", request -> request.response().setChunked(true).write("some"));

            StreamedResponse response = transport.open(get(registry, "/stalled"), 0, seconds(5));
            Future<byte[]> reading = threads.submit(() -> response.body().readAllBytes());
            response.close();

            assertThatThrownBy(reading::get).hasCauseInstanceOf(CancellationException.class);
        }
    }

    @Test
    void aReaderThatIsInterruptedEndsItsStream() throws Exception {
        try (TestRegistry registry = registry(true);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on(
                    "/stalled", request -> request.response().setChunked(true).write("some"));

            StreamedResponse response = transport.open(get(registry, "/stalled"), 0, seconds(5));
            CompletableFuture<Throwable> told = new CompletableFuture<>();
            Thread reader = Thread.ofVirtual().start(() -> {
                Failure failure = failureOf(() -> response.body().readAllBytes());
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                told.complete(failure);
            });
            reader.interrupt();

            assertThat(told.get())
                    .isInstanceOfSatisfying(
                            Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED));
            until(() -> transport.openConnections() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stated", "chunked", "reset"})
    @DisplayName("a body that breaks off is a failure, after what came of it, and never an end")
    void aBrokenBodyIsNoEnd(String how) throws Exception {
        try (TestRegistry registry = registry(!how.equals("reset"));
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on("/broken", request -> {
                if (how.equals("chunked")) {
                    request.response().setChunked(true);
                } else {
                    request.response().putHeader("Content-Length", "1000");
                }
                request.response().write("some").onSuccess(_ -> {
                    if (how.equals("reset")) {
                        request.response().reset();
                    } else {
                        request.connection().close();
                    }
                });
            });

            try (StreamedResponse response = transport.open(get(registry, "/broken"), 0, seconds(5))) {
                assertThat(read(response, 4)).isEqualTo("some");
                Failure failure = failureOf(() -> response.body().read());

                assertThat(failure.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
                assertThat(failure)
                        .hasMessage("Could not fetch the test from " + registry.host()
                                + ": it ended the connection before the answer was complete. Try again later.");
            }
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("a broken body is taken up again where it broke off")
    void itGoesOnWhereItBrokeOff(boolean http1) throws Exception {
        byte[] content = content(1 << 20);
        try (TestRegistry registry = registry(http1);
                VertxTransport transport = transport(registry, Map.of())) {
            AtomicInteger asked = new AtomicInteger();
            registry.on("/blob", request -> part(request, content, asked));
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            List<Long> from = new ArrayList<>();

            while (read.size() < content.length) {
                try (StreamedResponse response = transport.open(get(registry, "/blob"), read.size(), seconds(5))) {
                    from.add(response.from());
                    assertThat(response.from()).isEqualTo(read.size());
                    response.body().transferTo(read);
                } catch (Failure e) {
                    assertThat(e.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
                }
            }

            assertThat(read.toByteArray()).isEqualTo(content);
            // what was on its way when it broke may be lost
            assertThat(from).hasSizeBetween(4, 100).isSorted().startsWith(0L);
            assertThat(asked).hasValue(from.size());
        }
    }

    @Test
    void whoKnowsNoRangesSendsAllAndWhoSendsAnotherPartIsRefused() throws Exception {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on("/whole", request -> request.response().end("whole"));
            registry.on(
                    "/other",
                    request -> request.response()
                            .setStatusCode(206)
                            .putHeader("Content-Range", "bytes 0-4/10")
                            .end("other"));
            registry.on(
                    "/none",
                    request -> request.response()
                            .setStatusCode(416)
                            .putHeader("Content-Range", "bytes */5")
                            .end());

            try (StreamedResponse response = transport.open(get(registry, "/whole"), 3, seconds(5))) {
                assertThat(response.from()).isZero();
                assertThat(read(response, 9)).isEqualTo("whole");
            }
            assertThat(failureOf(() -> transport.open(get(registry, "/other"), 3, seconds(5))))
                    .hasMessage(
                            "Could not fetch the test from " + registry.host()
                                    + ": it answered with another part than the one asked for, which begins with byte 3. Check that a registry serves this host and port.");
            try (StreamedResponse response = transport.open(get(registry, "/none"), 3, seconds(5))) {
                assertThat(response.head().status()).isEqualTo(416);
            }
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 2: a stream is cut at its limit, whether its peer states a length or not")
    @Tag("attack-02")
    void aStreamIsCutAtItsLimit() {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on("/stated", request -> request.response().end(Buffer.buffer(new byte[200_000])));
            registry.on("/endless", request -> large(request, Long.MAX_VALUE));

            Failure stated = failureOf(() -> transport.open(get(registry, "/stated", 100_000), 0, seconds(5)));
            try (StreamedResponse response = transport.open(get(registry, "/endless", 100_000), 0, seconds(5))) {
                Failure endless = failureOf(() -> response.body().readAllBytes());

                assertThat(List.of(stated.code(), endless.code())).containsOnly(Code.LIMIT_EXCEEDED);
                assertThat(endless)
                        .hasMessageStartingWith("Could not read the test: it exceeds the limit 'manifest-bytes'");
            }
            assertThat(transport.hostsAsked()).isZero();
        }
    }

    @Test
    @DisplayName("Attack 6: what is compressed stays as it came")
    @Tag("attack-06")
    void aCompressedAnswerIsNotInflated() throws Exception {
        byte[] packed = content(10_000);
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of())) {
            List<String> accepted = new ArrayList<>();
            registry.on("/packed", request -> {
                accepted.add(request.getHeader("Accept-Encoding"));
                request.response().putHeader("Content-Encoding", "gzip").end(Buffer.buffer(packed));
            });

            try (StreamedResponse response = transport.open(get(registry, "/packed"), 0, seconds(5))) {
                assertThat(response.body().readAllBytes()).isEqualTo(packed);
            }
            assertThat(accepted).containsExactly("identity");
        }
    }

    @Test
    @DisplayName(
            "Attack 37, 40: a redirect is not followed, whoever follows it is guarded as ever, and an error is told whole")
    @Tag("attack-37")
    @Tag("attack-40")
    void redirectsAndErrorsAreHandedBack() {
        try (TestRegistry registry = registry(false);
                VertxTransport transport = new VertxTransport(
                        vertx,
                        settings(registry, Map.of(), List.of(Cidr.parse("127.0.0.1"), Cidr.parse("::1"))),
                        host -> new InetAddress[] {
                            InetAddress.ofLiteral(host.equals("inner.test") ? "10.0.0.1" : "127.0.0.1")
                        })) {
            registry.on(
                    "/away",
                    request -> request.response()
                            .setStatusCode(307)
                            .putHeader("Location", "https://inner.test/blob")
                            .end());
            registry.on(
                    "/denied", request -> request.response().setStatusCode(403).end("{\"errors\":[]}"));
            registry.on("/long", request -> {
                request.response().setStatusCode(503);
                large(request, Long.MAX_VALUE);
            });

            try (StreamedResponse away = transport.open(get(registry, "/away"), 0, seconds(5));
                    StreamedResponse denied = transport.open(get(registry, "/denied"), 0, seconds(5));
                    StreamedResponse longError = transport.open(get(registry, "/long"), 0, seconds(5))) {
                assertThat(away.head().status()).isEqualTo(307);
                assertThat(away.head().header("location")).contains("https://inner.test/blob");
                assertThat(denied.head().status()).isEqualTo(403);
                assertThat(denied.head().body()).asString().isEqualTo("{\"errors\":[]}");
                assertThat(longError.head().status()).isEqualTo(503);
                assertThat(longError.head().body()).isEmpty();
                // no place is held for what has ended
                assertThat(transport.hostsAsked()).isZero();
            }
            Request referred = new Request(
                    "GET",
                    Address.of("https://inner.test/blob"),
                    Map.of(),
                    "",
                    1_000,
                    Limit.MANIFEST_BYTES,
                    Peer.REFERRED,
                    "the test");
            assertThat(failureOf(() -> transport.open(referred, 0, seconds(5))).code())
                    .isEqualTo(Code.REGISTRY_ADDRESS_REFUSED);
            Request plain = new Request(
                    "GET",
                    Address.of("http://" + registry.host() + "/blob"),
                    Map.of(),
                    "",
                    1_000,
                    Limit.MANIFEST_BYTES,
                    Peer.NAMED,
                    "the test");
            assertThat(failureOf(() -> transport.open(plain, 0, seconds(5))).code())
                    .isEqualTo(Code.REGISTRY_REDIRECT_REFUSED);
        }
    }

    @Test
    @DisplayName("Attack 60: one tenant's streams leave room for another's, and all of them leave every request alone")
    @Tag("attack-60")
    void streamsAreSharedByTenantAndHoldUpNoRequest() throws Exception {
        try (TestRegistry registry = registry(false);
                VertxTransport transport =
                        transport(registry, Map.of(Limit.STREAMS_PER_HOST, 4L, Limit.FETCHES_PER_HOST, 2L))) {
            registry.on(
                    "/stalled", request -> request.response().setChunked(true).write("some"));
            registry.on("/small", request -> request.response().end("small"));
            List<StreamedResponse> held = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                held.add(transport.open(get(registry, "/stalled"), 0, seconds(5).onBehalfOf("evil")));
            }
            Future<StreamedResponse> third = threads.submit(() ->
                    transport.open(get(registry, "/stalled"), 0, seconds(30).onBehalfOf("evil")));

            held.add(transport.open(get(registry, "/stalled"), 0, seconds(5).onBehalfOf("shop")));
            for (int i = 0; i < 10; i++) {
                assertThat(transport
                                .exchange(get(registry, "/small"), seconds(5).onBehalfOf("shop"))
                                .status())
                        .isEqualTo(200);
            }
            assertThat(third).isNotDone();
            held.getFirst().close();
            third.get().close();
            held.forEach(StreamedResponse::close);
            until(() -> transport.hostsAsked() == 0);
        }
    }

    @Test
    @DisplayName("a stream is one request of the budget, and its bytes are charged")
    void aStreamSpendsFromTheBudget() throws Exception {
        Limits limits = Limits.of(Map.of(Limit.IMAGE_DOWNLOAD_BYTES, 1L << 20, Limit.IMAGE_REQUESTS_AT_ONCE, 1L));
        try (TestRegistry registry = registry(false);
                VertxTransport transport = transport(registry, Map.of())) {
            registry.on("/large", request -> large(request, LARGE));
            registry.on("/small", request -> request.response().end("small"));
            BudgetedStreams streams = new BudgetedStreams(transport);
            Deadline deadline = seconds(5).within(ReviewBudget.ofOneImage(limits, registry.host(), "the image"));

            for (int i = 0; i < 3; i++) {
                try (StreamedResponse response = streams.open(get(registry, "/small"), 0, deadline)) {
                    assertThat(response.body().readAllBytes()).hasSize(5);
                }
            }
            try (StreamedResponse response = streams.open(get(registry, "/large"), 0, deadline)) {
                Failure failure = failureOf(() -> response.body().readAllBytes());

                assertThat(failure.code()).isEqualTo(Code.BUDGET_EXCEEDED);
                assertThat(failure).hasMessageContaining("'image-download-bytes'");
            }
            until(() -> transport.hostsAsked() == 0);
        }
    }

    /** Sends {@code content} from where it is asked for, and asked off after 300,000 bytes. */
    private static void part(HttpServerRequest request, byte[] content, AtomicInteger requests) {
        requests.incrementAndGet();
        String range = request.getHeader("Range");
        int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        if (from > 0) {
            request.response()
                    .setStatusCode(206)
                    .putHeader("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        }
        request.response().putHeader("Content-Length", String.valueOf(content.length - from));
        int until = Math.min(content.length, from + 300_000);
        Buffer part = Buffer.buffer(content).slice(from, until);
        if (until == content.length) {
            request.response().end(part);
        } else {
            request.response().write(part).onSuccess(_ -> breakOff(request));
        }
    }

    private static void breakOff(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }

    private void large(HttpServerRequest request, long bytes) {
        sent.set(0);
        request.response().setChunked(true);
        more(request, bytes);
    }

    private void more(HttpServerRequest request, long left) {
        if (left <= 0) {
            request.response().end();
            return;
        }
        Buffer piece = Buffer.buffer(PIECE).slice(0, (int) Math.min(left, PIECE.length));
        request.response().write(piece).onSuccess(_ -> {
            sent.addAndGet(piece.length());
            more(request, left - piece.length());
        });
    }

    private static byte[] piece() {
        return content(64 << 10);
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(7).nextBytes(content);
        return content;
    }

    private static String read(StreamedResponse response, int most) throws IOException {
        return new String(response.body().readNBytes(most), StandardCharsets.US_ASCII);
    }

    private static TestRegistry registry(boolean http1) {
        TestRegistry.Builder builder = TestRegistry.builder();
        return (http1 ? builder.http1Only() : builder).start();
    }

    private static Request get(TestRegistry registry, String path) {
        return get(registry, path, 1L << 30);
    }

    private static Request get(TestRegistry registry, String path, long maxBytes) {
        return new Request(
                "GET",
                Address.of(registry.uri() + path),
                Map.of(),
                "",
                maxBytes,
                Limit.MANIFEST_BYTES,
                Peer.NAMED,
                "the test");
    }

    private static VertxTransport transport(TestRegistry registry, Map<Limit, Long> limits) {
        return new VertxTransport(vertx, settings(registry, limits, LOOPBACK));
    }

    private static TransportSettings settings(TestRegistry registry, Map<Limit, Long> limits, List<Cidr> allowed) {
        return new TransportSettings(
                Map.of(registry.host(), registry.certificates().caPem()),
                Set.of(),
                allowed,
                Set.of(),
                null,
                Limits.of(limits));
    }

    private static Deadline seconds(int count) {
        return Deadline.in(Duration.ofSeconds(count));
    }

    private static Failure failureOf(ThrowingCallable call) {
        Failure failure = catchThrowableOfType(Failure.class, call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    /** Waits for a condition that something else brings about; gives up after ten seconds. */
    private static void until(BooleanSupplier condition) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - giveUp).as("still waiting").isNegative();
            Thread.onSpinWait();
        }
    }
}
