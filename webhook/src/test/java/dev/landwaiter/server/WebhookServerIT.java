package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebhookServerIT {
    private Serving serving = new Serving(
            Map.of(Limit.REQUESTS_AT_ONCE, 2L, Limit.REVIEW_BYTES, 1L << 20, Limit.REVIEW_BYTES_AT_ONCE, 4L << 20),
            new CallerRule.TrustedNetwork());

    @AfterEach
    void stop() {
        serving.close();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void reviewsAreAnsweredOverBothVersionsOfHttp(Version version) throws Exception {
        HttpClient client = serving.client(version);

        HttpResponse<String> mutated = serving.post(client, "/mutate?timeout=10s", "a review");
        HttpResponse<String> validated = serving.post(client, "/validate", "another");

        assertThat(mutated.version()).isEqualTo(version);
        assertThat(mutated.statusCode()).isEqualTo(200);
        assertThat(mutated.headers().firstValue("content-type")).contains("application/json");
        assertThat(mutated.body()).isEqualTo("MUTATE of 8: a review");
        assertThat(validated.body()).isEqualTo("VALIDATE of 7: another");
        assertThat(serving.admission.entered).containsExactly("virtual", "virtual");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void whatIsKnownIsAnsweredWithoutAThread(Version version) throws Exception {
        HttpResponse<String> answer = serving.post(serving.client(version), "/validate", "known well");

        assertThat(answer.body()).isEqualTo("VALIDATE of 10: known well");
        assertThat(serving.admission.entered).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void aLargeReviewArrivesWhole(Version version) throws Exception {
        String body = "x".repeat(900_000);

        HttpResponse<String> answer = serving.post(serving.client(version), "/mutate", body);

        assertThat(answer.body()).startsWith("MUTATE of 900000: xxx");
        assertThat(serving.admission.asked).containsExactly("MUTATE " + body);
        awaitGauge("landwaiter.server.review.bytes", 0);
    }

    @Test
    void theDeadlineIsTheApiServersTimeoutLessTheMargin() throws Exception {
        HttpClient client = serving.client(Version.HTTP_1_1);

        serving.post(client, "/mutate?timeout=4s", "");
        serving.post(client, "/mutate?timeout=5m", "");
        serving.post(client, "/mutate", "");

        assertThat(serving.admission.remaining.get(0)).isBetween(Duration.ofSeconds(2), Duration.ofMillis(3500));
        assertThat(serving.admission.remaining.get(1)).isBetween(Duration.ofSeconds(28), Duration.ofMillis(29_500));
        assertThat(serving.admission.remaining.get(2)).isBetween(Duration.ofSeconds(8), Duration.ofMillis(9500));
    }

    @Test
    void otherPathsMethodsAndTypesAreToldWhatIsServedHere() throws Exception {
        HttpClient client = serving.client(Version.HTTP_1_1);

        refused(
                serving.post(client, "/convert", ""),
                404,
                "REVIEW_UNSUPPORTED",
                "Could not serve \\\"/convert\\\": there is nothing. POST to /mutate or /validate.");
        HttpResponse<String> get = client.send(serving.request("/mutate").GET().build(), BodyHandlers.ofString());
        refused(get, 405, "REVIEW_UNSUPPORTED", "Could not serve GET /mutate: only POST is. Ask by POST.");
        assertThat(get.headers().firstValue("allow")).contains("POST");
        refused(
                client.send(
                        serving.request("/mutate")
                                .setHeader("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        BodyHandlers.ofString()),
                415,
                "REVIEW_UNSUPPORTED",
                "Could not read the review: its Content-Type is \\\"application/x-www-form-urlencoded\\\". Send application/json.");
        assertThat(serving.refusals("REVIEW_UNSUPPORTED")).isEqualTo(3);
        HttpResponse<String> document =
                client.send(serving.request("/about").GET().build(), BodyHandlers.ofString());
        assertThat(document.statusCode()).isEqualTo(200);
        assertThat(document.body()).isEqualTo("{\"about\":\"this\"}");
        assertThat(document.headers().firstValue("content-type")).contains("application/json");
        refused(
                serving.post(client, "/about", ""),
                405,
                "REVIEW_UNSUPPORTED",
                "Could not serve POST /about: only GET is. Ask by GET.");
    }

    @Test
    void aReviewThatCannotBeReadIsABadRequest() throws Exception {
        serving.admission.failure =
                new Failure(Code.REVIEW_MALFORMED, "Could not read the review: it is empty. Send one.");
        HttpClient client = serving.client(Version.HTTP_1_1);

        refused(
                serving.post(client, "/mutate", "fail"),
                400,
                "REVIEW_MALFORMED",
                "Could not read the review: it is empty. Send one.");
        refused(
                serving.post(client, "/mutate", "known fail"),
                400,
                "REVIEW_MALFORMED",
                "Could not read the review: it is empty. Send one.");
    }

    @Test
    void anErrorOfOursIsAnsweredAndFreesItsSlot() throws Exception {
        HttpClient client = serving.client(Version.HTTP_1_1);

        for (int i = 0; i < 3; i++) {
            refused(
                    serving.post(client, "/mutate", "fail"),
                    500,
                    "INTERNAL_ERROR",
                    "Could not finish the work: an internal error (IllegalStateException). Please report it with the log's stack trace.");
        }
        assertThat(serving.gauge("landwaiter.server.deciding")).isZero();
        assertThat(serving.fatal).hasSize(3).hasOnlyElementsOfType(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fail", "known fail"})
    void anErrorIsAnsweredAndToldOnTheEventLoopAndOffIt(String body) throws Exception {
        Error error = new NoClassDefFoundError("dev/landwaiter/Gone");
        serving.admission.failure = error;
        HttpClient client = serving.client(Version.HTTP_1_1);

        refused(
                serving.post(client, "/mutate", body),
                500,
                "INTERNAL_ERROR",
                "Could not finish the work: an internal error (NoClassDefFoundError). Please report it with the log's stack trace.");
        assertThat(serving.fatal).containsExactly(error);
        assertThat(serving.post(client, "/mutate", "known").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("attack-11")
    @DisplayName("Attack 11: a review larger than the limit is refused before it is read")
    void aReviewThatSaysItIsTooLargeIsRefused(Version version) throws Exception {
        HttpResponse<String> answer = serving.post(serving.client(version), "/mutate", "x".repeat((1 << 20) + 1));

        refused(
                answer,
                413,
                "REVIEW_TOO_LARGE",
                "Could not read the review: it exceeds the limit 'review-bytes' of 1048576 bytes. If objects are meant to be that large, raise the setting --limit review-bytes=….");
        assertThat(serving.admission.asked).isEmpty();
        assertThat(serving.admission.refused)
                .as("whoever hears of decisions")
                .containsExactly("MUTATE REVIEW_TOO_LARGE");
    }

    @Test
    @Tag("attack-11")
    @DisplayName("Attack 11: an endless review is cut off at the limit")
    void anEndlessReviewIsCutOff() throws Exception {
        try (SSLSocket socket = serving.socket()) {
            write(
                    socket,
                    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            CompletableFuture<Integer> sent = CompletableFuture.supplyAsync(() -> {
                int chunks = 0;
                try {
                    // far more than socket buffers hold: only a server that hangs up ends this
                    while (chunks < 1_000_000) {
                        socket.getOutputStream().write(chunk);
                        chunks++;
                    }
                } catch (IOException e) {
                    return chunks;
                }
                return chunks;
            });

            assertThat(firstLine(socket.getInputStream())).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
            assertThat(sent.get(30, TimeUnit.SECONDS)).isLessThan(1_000_000);
        }
        awaitGauge("landwaiter.server.review.bytes", 0);
        assertThat(serving.admission.asked).isEmpty();
        assertThat(serving.admission.refused).containsExactly("MUTATE REVIEW_TOO_LARGE");
    }

    @Test
    @Tag("attack-11")
    @DisplayName("Attack 11: all reviews together stay within a limit")
    void allReviewsTogetherStayWithinALimit() throws Exception {
        String most =
                "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1048576\r\n\r\n"
                        + "x".repeat(1_000_000);
        try (SSLSocket one = serving.socket("127.0.0.2", null, "http/1.1");
                SSLSocket two = serving.socket("127.0.0.3", null, "http/1.1")) {
            write(one, most);
            write(two, most);
            awaitGauge("landwaiter.server.review.bytes", 2 << 20);

            HttpResponse<String> third =
                    serving.post(serving.client(Version.HTTP_1_1), "/mutate", "x".repeat(1_048_576));

            refused(
                    third,
                    503,
                    "OVERLOADED",
                    "Could not take the review: the share of its address in the limit 'review-bytes-at-once' of 4194304 bytes is used up. Try again, or add replicas.");
            assertThat(third.headers().firstValue("retry-after")).contains("1");
            assertThat(serving.post(serving.client(Version.HTTP_1_1), "/mutate", "x".repeat(400_000))
                            .statusCode())
                    .as("what is smaller finds room")
                    .isEqualTo(200);
        }
        awaitGauge("landwaiter.server.review.bytes", 0);
    }

    @Test
    void aTruncatedReviewIsDroppedWithItsConnection() throws Exception {
        try (SSLSocket socket = serving.socket()) {
            write(
                    socket,
                    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf");
            awaitGauge("landwaiter.server.review.bytes", Exchange.ORDINARY);
        }
        awaitGauge("landwaiter.server.review.bytes", 0);
        awaitGauge("landwaiter.server.connections", 0);
        assertThat(serving.admission.asked).isEmpty();
    }

    @Test
    void aReviewThatNeverEndsIsAnsweredAndItsConnectionClosed() throws Exception {
        try (SSLSocket socket = serving.socket()) {
            write(
                    socket,
                    "POST /mutate?timeout=1s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf");

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer)
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                    .contains("connection: close")
                    .endsWith(
                            "{\"code\":\"DEADLINE_EXCEEDED\",\"message\":\"Could not read the body of the request: it did not arrive within the request's time, nor within the limit 'body-millis' of 10000 milliseconds. Send it again.\"}");
            assertThat(serving.admission.refused).containsExactly("MUTATE DEADLINE_EXCEEDED");
        }
        awaitGauge("landwaiter.server.review.bytes", 0);
    }

    @Test
    void moreThanTheSlotsIsRefusedAtOnce() throws Exception {
        HttpClient client = serving.client(Version.HTTP_2);
        CompletableFuture<HttpResponse<String>> one = serving.postLater(client, "/mutate", "in:one block");
        CompletableFuture<HttpResponse<String>> two = serving.postLater(client, "/mutate", "in:two block");
        serving.admission.entered.poll(10, TimeUnit.SECONDS);
        serving.admission.entered.poll(10, TimeUnit.SECONDS);

        refused(
                serving.post(client, "/mutate", "third"),
                503,
                "OVERLOADED",
                "Could not take the review: the share of requests without a namespace in the limit 'requests-at-once' of 2 requests is used up. Try again, or add replicas.");
        assertThat(serving.admission.refused).containsExactly("MUTATE OVERLOADED");
        assertThat(serving.post(client, "/mutate", "known").statusCode())
                .as("what needs no slot gets its answer")
                .isEqualTo(200);

        serving.admission.release.countDown();
        assertThat(one.get(10, TimeUnit.SECONDS).body()).isEqualTo("MUTATE of 12: in:one block");
        assertThat(two.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(serving.post(client, "/mutate", "fourth").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("attack-10")
    @DisplayName("Attack 10: a decision that outlives its deadline is answered by the server and interrupted")
    void aDecisionThatHangsIsAnsweredByTheServer(Version version) throws Exception {
        HttpResponse<String> answer = serving.post(serving.client(version), "/mutate?timeout=1s", "block");

        refused(
                answer,
                503,
                "DEADLINE_EXCEEDED",
                "Could not finish the review: the time for this request ran out. Try again, or raise the webhook's timeoutSeconds.");
        assertThat(serving.admission.interrupted.poll(10, TimeUnit.SECONDS)).isEqualTo("block");
        awaitGauge("landwaiter.server.deciding", 0);
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() throws Exception {
        try (SSLSocket socket = serving.socket()) {
            write(
                    socket,
                    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nblock");
            assertThat(serving.admission.entered.poll(10, TimeUnit.SECONDS)).isEqualTo("virtual");
        }
        awaitGauge("landwaiter.server.connections", 0);
        serving.admission.release.countDown();

        awaitGauge("landwaiter.server.deciding", 0);
        assertThat(serving.post(serving.client(Version.HTTP_1_1), "/mutate", "next")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void reviewsOnOneConnectionAreAnsweredOneAfterTheOther() throws Exception {
        try (SSLSocket socket = serving.socket()) {
            String one =
                    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nknown";
            write(socket, one + one + one.replace("5\r\n\r\nknown", "4\r\nConnection: close\r\n\r\nlast"));

            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
            assertThat(answers).endsWith("MUTATE of 4: last");
        }
    }

    private void awaitGauge(String name, double value) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (serving.gauge(name) != value && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(serving.gauge(name)).as(name).isEqualTo(value);
    }

    private static void refused(HttpResponse<String> answer, int status, String code, String message) {
        assertThat(answer.body()).isEqualTo("{\"code\":\"%s\",\"message\":\"%s\"}".formatted(code, message));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    }

    private static void write(SSLSocket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String firstLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r' && c >= 0; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    @Test
    void anAddressInUseIsSaidSo() {
        assertThatThrownBy(() -> serving.server(
                                serving.address,
                                Map.of(),
                                new CallerRule.TrustedNetwork(),
                                Patience.USUAL,
                                Duration.ZERO)
                        .start())
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("Could not listen on " + serving.address + ": ")
                .hasMessageEndingWith(". Free the port, or choose another by --listen.");
    }
}
