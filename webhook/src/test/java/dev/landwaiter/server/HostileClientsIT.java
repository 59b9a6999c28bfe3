package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.TrustedAuthorities;
import dev.landwaiter.limit.Limit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that mean no good can take up, and what others find meanwhile. */
@Timeout(60)
class HostileClientsIT {
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofSeconds(1));
    private static final String OTHER_ADDRESS = "127.0.0.2";
    private static final String STALLED =
            "POST /mutate?timeout=30s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";

    private final SelfSignedAuthority clients = new SelfSignedAuthority("clients", Serving.DAY, InstantSource.system());
    private final CallerRule certificate = Serving.shown(
            new Serving.ChangingAuthorities(new TrustedAuthorities(List.of(clients.certificate()))), "api");
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private Serving serving(Map<Limit, Long> limits, CallerRule callers) {
        Serving serving = new Serving(limits, callers, SHORT, Duration.ZERO);
        open.addFirst(serving);
        return serving;
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.addFirst(one);
        return one;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("attack-63")
    void aConnectionOfHttp2ThatSendsNothingIsClosed(boolean begins) throws Exception {
        Serving serving = serving(Map.of(), new CallerRule.TrustedNetwork());
        RawHttp2 http2 = opened(new RawHttp2(serving.socket("127.0.0.1", null, "h2")));
        if (begins) {
            http2.begin(65_535);
        }

        assertThat(http2.next(RawHttp2.RESET)).as("until the connection ends").isEmpty();
        await(serving, "landwaiter.server.connections", 0);
    }

    @Test
    @Tag("attack-63")
    void aConnectionThatSendsNoTlsIsClosed() throws Exception {
        Serving serving = serving(Map.of(), new CallerRule.TrustedNetwork());
        Socket socket = opened(new Socket());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serving.address.port()));
        socket.setSoTimeout(20_000);
        await(serving, "landwaiter.server.connections", 1);

        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        await(serving, "landwaiter.server.connections", 0);
    }

    @Test
    @Tag("attack-63")
    void aConnectionOfHttp2WithoutACertificateIsClosedOnceItIsRefused() throws Exception {
        Serving serving = serving(Map.of(), certificate);
        RawHttp2 http2 = opened(new RawHttp2(serving.socket("127.0.0.1", null, "h2")));
        http2.begin(65_535);
        http2.post(1, "/mutate");

        assertThat(http2.next(RawHttp2.DATA))
                .hasValueSatisfying(data -> assertThat(new String(data.payload(), StandardCharsets.UTF_8))
                        .contains("CLIENT_CERTIFICATE_REQUIRED"));
        assertThat(http2.next(RawHttp2.GO_AWAY)).isPresent();
        assertThat(http2.next(RawHttp2.DATA)).as("until the connection ends").isEmpty();
    }

    @Test
    @Tag("attack-63")
    void whereThereAreTooManyConnectionsTheIdlestWithoutACertificateGoesFirst() throws Exception {
        // with patience, so that nothing is closed for another reason
        Serving serving = opened(new Serving(Map.of(Limit.CLIENT_CONNECTIONS, 4L), certificate));
        SSLSocket apiServer = opened(serving.socket("127.0.0.1", clients.issueClient("api", Serving.DAY), "http/1.1"));
        assertThat(asked(apiServer)).startsWith("HTTP/1.1 200");
        List<SSLSocket> idle = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            idle.add(opened(serving.socket()));
            await(serving, "landwaiter.server.connections", 2 + i);
            await(serving, "landwaiter.server.connections.opening", 0);
        }

        SSLSocket newcomer = opened(serving.socket());

        assertThat(idle.getFirst().getInputStream().read())
                .as("the idlest is closed")
                .isEqualTo(-1);
        assertThat(asked(newcomer)).startsWith("HTTP/1.1 401");
        assertThat(asked(idle.get(1))).startsWith("HTTP/1.1 401");
        assertThat(asked(apiServer)).as("one with a certificate stays").startsWith("HTTP/1.1 200");
        assertThat(serving.refusals("TOO_MANY_CONNECTIONS")).isEqualTo(1);
    }

    @Test
    @Tag("attack-63")
    void connectionsThatDoNotSpeakYetMakeRoomFirst() throws Exception {
        Serving serving = opened(new Serving(Map.of(Limit.CLIENT_CONNECTIONS, 4L), certificate));
        SSLSocket idle = opened(serving.socket());
        await(serving, "landwaiter.server.connections", 1);
        await(serving, "landwaiter.server.connections.opening", 0);
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Socket socket = opened(new Socket());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serving.address.port()));
            socket.setSoTimeout(20_000);
            silent.add(socket);
        }

        SSLSocket apiServer = opened(serving.socket("127.0.0.1", clients.issueClient("api", Serving.DAY), "http/1.1"));

        assertThat(asked(apiServer)).startsWith("HTTP/1.1 200");
        assertThat(asked(idle)).startsWith("HTTP/1.1 401");
        assertThat(silent.getFirst().getInputStream().read()).isEqualTo(-1);
        assertThat(serving.gauge("landwaiter.server.connections")).isLessThanOrEqualTo(4);
    }

    @Test
    @Tag("attack-63")
    void whereAllHaveProvedToBeTheApiServerANewcomerIsRefused() throws Exception {
        Serving serving = opened(new Serving(Map.of(Limit.CLIENT_CONNECTIONS, 2L), certificate));
        List<SSLSocket> apiServers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            apiServers.add(opened(serving.socket("127.0.0.1", clients.issueClient("api", Serving.DAY), "http/1.1")));
            assertThat(asked(apiServers.getLast())).startsWith("HTTP/1.1 200");
        }

        assertThatThrownBy(() -> serving.socket()).isInstanceOf(IOException.class);

        for (SSLSocket apiServer : apiServers) {
            assertThat(asked(apiServer)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    @Tag("attack-63")
    void uploadsThatStallAreEndedByOurTimeAndNotByTheClients() throws Exception {
        Serving serving = serving(Map.of(), new CallerRule.TrustedNetwork());
        SSLSocket stalled = opened(serving.socket());
        write(stalled, STALLED + "x".repeat(100_000));

        String answer = new String(stalled.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(answer)
                .startsWith("HTTP/1.1 408")
                .contains("connection: close")
                .endsWith(
                        "{\"code\":\"DEADLINE_EXCEEDED\",\"message\":\"Could not read the body of the request: it came more slowly than the limit 'body-bytes-per-second' of 65536 bytes. Send it again.\"}");
        await(serving, "landwaiter.server.review.bytes", 0);
    }

    @Test
    @Tag("attack-63")
    void uploadsThatDripAreEndedByOurTime() throws Exception {
        Serving serving = serving(
                Map.of(Limit.BODY_MILLIS, 1_000L, Limit.BODY_BYTES_PER_SECOND, 1L), new CallerRule.TrustedNetwork());
        SSLSocket dripping = opened(serving.socket());
        write(dripping, STALLED);
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> text(dripping));
        while (!answer.isDone()) {
            write(dripping, "x");
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }

        assertThat(answer.join())
                .startsWith("HTTP/1.1 408")
                .contains(
                        "it did not arrive within the request's time, nor within the limit 'body-millis' of 1000 milliseconds");
    }

    @Test
    @Tag("attack-63")
    void stalledUploadsOfOneAddressLeaveRoomForAnothers() throws Exception {
        Serving serving = opened(new Serving(
                Map.of(Limit.REVIEW_BYTES, 1L << 20, Limit.REVIEW_BYTES_AT_ONCE, 4L << 20),
                new CallerRule.TrustedNetwork()));
        for (int i = 0; i < 8; i++) {
            SSLSocket stalled = opened(serving.socket(OTHER_ADDRESS, null, "http/1.1"));
            write(stalled, STALLED + "x".repeat(900_000));
        }
        // whatever of them found room
        awaitAtLeast(serving, "landwaiter.server.review.bytes", 900_000);

        HttpResponse<String> answer =
                serving.post(serving.client(Version.HTTP_1_1), "/mutate", "known " + "x".repeat(500_000));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("attack-63")
    void largeBodiesAreReceivedInTurnAndNobodyWaitsForAnothersAddress(Version version) throws Exception {
        Serving serving = opened(new Serving(Map.of(Limit.LARGE_BODIES_AT_ONCE, 4L), new CallerRule.TrustedNetwork()));
        List<SSLSocket> stalled = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            stalled.add(opened(serving.socket(OTHER_ADDRESS, null, "http/1.1")));
            // more than a turn is needed for, so two have theirs and the third waits
            write(stalled.getLast(), STALLED + "x".repeat(100_000));
        }
        awaitAtLeast(serving, "landwaiter.server.review.bytes", 3 * 65_536);

        var mine = serving.postLater(serving.client(version), "/mutate", "known " + "x".repeat(1_000_000));

        assertThat(mine.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        for (SSLSocket one : stalled) {
            assertThat(text(one)).as("each had its turn, and stalled").contains("HTTP/1.1 408", "it came more slowly");
        }
        await(serving, "landwaiter.server.review.bytes", 0);
    }

    @Test
    void whoWaitsForItsTurnIsReceivedOnceItComes() throws Exception {
        Serving serving = opened(new Serving(Map.of(Limit.LARGE_BODIES_AT_ONCE, 1L), new CallerRule.TrustedNetwork()));
        SSLSocket stalled = opened(serving.socket());
        write(stalled, STALLED + "x".repeat(100_000));
        awaitAtLeast(serving, "landwaiter.server.review.bytes", 65_536);

        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(serving.postLater(
                    serving.client(i % 2 == 0 ? Version.HTTP_1_1 : Version.HTTP_2),
                    "/mutate",
                    "known " + i + "x".repeat(500_000)));
        }

        for (CompletableFuture<HttpResponse<String>> one : waiting) {
            assertThat(one.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        await(serving, "landwaiter.server.review.bytes", 0);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("attack-63")
    void requestsOfOneNamespaceThatWaitLeaveRoomForAnothers(Version version) throws Exception {
        Serving serving = opened(new Serving(Map.of(Limit.REQUESTS_AT_ONCE, 8L), new CallerRule.TrustedNetwork()));
        var client = serving.client(version);
        List<CompletableFuture<HttpResponse<String>>> greedy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            greedy.add(serving.postLater(client, "/mutate", "in:greedy block"));
        }
        for (int i = 4; i < 20; i++) {
            HttpResponse<String> refused = firstAnswered(greedy);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body())
                    .contains(
                            "Could not take the review: the share of namespace \\\"greedy\\\" in the limit 'requests-at-once' of 8 requests is used up. Try again, or add replicas.");
        }

        assertThat(serving.post(client, "/mutate", "in:other waits").statusCode())
                .isEqualTo(200);
        assertThat(serving.gauge("landwaiter.server.deciding")).isEqualTo(4);
    }

    @Test
    @Tag("attack-63")
    void requestsOfAnUnprovenAddressThatWaitLeaveRoomForAnothersWhateverNamespacesTheyName() throws Exception {
        Serving serving = opened(new Serving(Map.of(Limit.REQUESTS_AT_ONCE, 8L), new CallerRule.Nobody()));
        for (int i = 0; i < 8; i++) {
            String body = "in:ns-%d block".formatted(i);
            SSLSocket socket = opened(serving.socket(OTHER_ADDRESS, null, "http/1.1"));
            write(
                    socket,
                    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(body.length(), body));
            if (i < 4) {
                await(serving, "landwaiter.server.deciding", i + 1);
            } else {
                assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 503");
            }
        }

        var client = serving.client(Version.HTTP_1_1);
        for (String namespace : List.of("ns-0", "other")) {
            assertThat(serving.post(client, "/mutate", "in:%s waits".formatted(namespace))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    @Tag("attack-63")
    void bodiesOfOneNamespaceThatWaitLeaveRoomForAnothers() throws Exception {
        Serving serving = opened(new Serving(
                Map.of(Limit.REVIEW_BYTES, 1L << 20, Limit.REVIEW_BYTES_AT_ONCE, 4L << 20),
                new CallerRule.TrustedNetwork()));
        var client = serving.client(Version.HTTP_1_1);
        String filler = "x".repeat(1_000_000);
        var first = serving.postLater(client, "/mutate", "in:greedy " + filler + " block");
        assertThat(serving.admission.entered.poll(10, TimeUnit.SECONDS)).isEqualTo("virtual");

        HttpResponse<String> second = serving.post(client, "/mutate", "in:greedy " + filler + " block");
        HttpResponse<String> other = serving.post(client, "/mutate", "in:other " + filler);

        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.body())
                .contains("the share of namespace \\\"greedy\\\" in the limit 'review-bytes-at-once' of 4194304 bytes");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(first).isNotDone();
    }

    @Test
    @Tag("attack-63")
    void whoOpensAndResetsStreamsWithoutEndIsDisconnected() throws Exception {
        Serving serving = opened(new Serving());
        RawHttp2 http2 = opened(new RawHttp2(serving.socket("127.0.0.1", null, "h2")));
        http2.begin(65_535);

        boolean ended = false;
        try {
            for (int i = 0; i < 5_000; i++) {
                http2.post(2 * i + 1, "/mutate");
                http2.reset(2 * i + 1);
            }
        } catch (IOException e) {
            ended = true;
        }

        assertThat(ended || http2.next(RawHttp2.GO_AWAY).isPresent()).isTrue();
        await(serving, "landwaiter.server.connections", 0);
        assertThat(serving.post(serving.client(Version.HTTP_2), "/mutate", "known")
                        .statusCode())
                .isEqualTo(200);
        await(serving, "landwaiter.server.review.bytes", 0);
    }

    @Test
    @Tag("attack-63")
    void manyStreamsWithoutABodyHoldALimitedShareAndNotForLong() throws Exception {
        Serving serving = serving(
                Map.of(Limit.REVIEW_BYTES, 1L << 18, Limit.REVIEW_BYTES_AT_ONCE, 1L << 20),
                new CallerRule.TrustedNetwork());
        RawHttp2 http2 = opened(new RawHttp2(serving.socket(OTHER_ADDRESS, null, "h2")));
        http2.begin(65_535);
        for (int i = 0; i < 200; i++) {
            http2.post(2 * i + 1, "/mutate");
        }
        // half of what there is: 32 of 16 KiB
        await(serving, "landwaiter.server.review.bytes", 1 << 19);

        assertThat(serving.post(serving.client(Version.HTTP_2), "/mutate", "known")
                        .statusCode())
                .isEqualTo(200);
        await(serving, "landwaiter.server.review.bytes", 0);
    }

    @Test
    @Tag("attack-63")
    void answersThatNobodyTakesAreNotKeptForLong() throws Exception {
        Serving serving = serving(Map.of(), new CallerRule.TrustedNetwork());
        RawHttp2 http2 = opened(new RawHttp2(serving.socket("127.0.0.1", null, "h2")));
        // no window: not a byte of an answer may be sent
        http2.begin(0);
        for (int i = 0; i < 100; i++) {
            http2.post(2 * i + 1, "/mutate");
            http2.body(2 * i + 1, "known");
        }
        awaitAtLeast(serving, "landwaiter.server.review.bytes", 100 * 16_384);

        assertThat(http2.next(RawHttp2.RESET)).isPresent();
        await(serving, "landwaiter.server.review.bytes", 0);
    }

    private static HttpResponse<String> firstAnswered(List<CompletableFuture<HttpResponse<String>>> all)
            throws Exception {
        CompletableFuture<Object> any = CompletableFuture.anyOf(all.toArray(CompletableFuture[]::new));
        Object _ = any.get(10, TimeUnit.SECONDS);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isDone()) {
                return all.remove(i).join();
            }
        }
        throw new AssertionError("one of them is done");
    }

    /** The first line that answers a known review. */
    private static String asked(SSLSocket socket) throws IOException {
        write(
                socket,
                "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nknown");
        InputStream in = socket.getInputStream();
        byte[] some = new byte[4096];
        int read = in.read(some);
        return read < 0 ? "closed" : new String(some, 0, read, StandardCharsets.US_ASCII);
    }

    private static void write(SSLSocket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        try {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            // the server has hung up; its answer can be read all the same
            if (socket.isClosed()) {
                throw e;
            }
        }
    }

    private static String text(SSLSocket socket) {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void await(Serving serving, String gauge, double value) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (serving.gauge(gauge) != value && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(serving.gauge(gauge)).as(gauge).isEqualTo(value);
    }

    private static void awaitAtLeast(Serving serving, String gauge, double value) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (serving.gauge(gauge) < value && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(serving.gauge(gauge)).as(gauge).isGreaterThanOrEqualTo(value);
    }
}
