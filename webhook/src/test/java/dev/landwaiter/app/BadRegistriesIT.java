package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.testregistry.Pushed;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Registries that are down, silent, slow, endless or lying, behind the whole webhook: an answer within the deadline, and nothing left behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRegistriesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private Port port;
    private RunningWebhook webhook;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        port = new Port(folder);
        port.write(
                "policies/every.yaml",
                port.policy("every", "x", "enforce", "").replace(port.registry.host() + "/x", "**"));
        webhook = new RunningWebhook(port, Map.of());
        // so that what is timed is not the loading of classes
        webhook.ask("/mutate", RunningWebhook.review("warm", port.signed.text()));
    }

    @AfterAll
    void close() {
        webhook.close();
        port.close();
    }

    /** Asks for {@code image}, and checks that the answer came in time and left nothing being decided. */
    private JsonNode askInTime(String image) throws Exception {
        long start = System.nanoTime();
        JsonNode response =
                webhook.ask("/mutate?timeout=" + TIMEOUT.toSeconds() + "s", RunningWebhook.review("bad", image));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT);
        assertThat(webhook.metric("landwaiter_server_deciding{listener=\"admission\"}"))
                .isZero();
        return response;
    }

    private static void denied(JsonNode response, int status, String code, String message) {
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText()).contains(message);
        assertThat(response.at("/status/reason").asText()).isEqualTo(code);
        assertThat(response.at("/status/code").asInt()).isEqualTo(status);
    }

    private String path(Pushed image) {
        return "/v2/" + image.repository() + "/manifests/" + image.tag();
    }

    @Test
    void oneThatIsDownCouldNotBeChecked() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        denied(
                askInTime("127.0.0.1:%d/shop/api:1".formatted(closed)),
                503,
                "REGISTRY_UNREACHABLE",
                "from 127.0.0.1:%d: the connection was refused. Check that it is up and reachable from here."
                        .formatted(closed));
    }

    @Test
    @Tag("attack-10")
    @DisplayName(
            "Attack 10: a registry that accepts connections and says nothing is left at the deadline, its connections closed")
    void oneThatSaysNothingAtAll() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Boolean> hungUp = CompletableFuture.supplyAsync(() -> readsToTheEnd(silent));

            JsonNode response = askInTime("127.0.0.1:%d/shop/api:1".formatted(silent.getLocalPort()));

            denied(response, 503, "DEADLINE_EXCEEDED", "127.0.0.1:%d".formatted(silent.getLocalPort()));
            assertThat(hungUp.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean readsToTheEnd(ServerSocket silent) {
        try (Socket socket = silent.accept()) {
            socket.setSoTimeout(20_000);
            while (socket.getInputStream().read() >= 0) {
                // the client's first words of TLS
            }
            return true;
        } catch (SocketException e) {
            // a reset ends it as well
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @Tag("attack-10")
    @DisplayName("Attack 10: a request that is never answered is given up at the deadline, and the registry is told")
    void oneThatNeverAnswers() throws Exception {
        Pushed image = port.registry.images().image("bad/silent").tag("1").push();
        CountDownLatch givenUp = new CountDownLatch(1);
        port.registry.on(path(image), request -> {
            request.response().exceptionHandler(reset -> givenUp.countDown());
            request.response().closeHandler(closed -> givenUp.countDown());
        });

        denied(
                askInTime(image.text()),
                503,
                "DEADLINE_EXCEEDED",
                "from %s: no complete answer came in the time that this request had left. Try again, or raise the webhook's timeoutSeconds."
                        .formatted(port.registry.host()));
        assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("attack-10")
    @DisplayName("Attack 10: an endless answer is cut off at its limit")
    void oneThatNeverEnds() throws Exception {
        Pushed image = port.registry.images().image("bad/endless").tag("1").push();
        CountDownLatch givenUp = new CountDownLatch(1);
        port.registry.on(path(image), request -> {
            request.response().exceptionHandler(reset -> givenUp.countDown());
            request.response().setChunked(true).putHeader("Content-Type", "application/vnd.oci.image.manifest.v1+json");
            pour(request, Buffer.buffer(" ".repeat(1 << 16)));
        });

        denied(
                askInTime(image.text()),
                403,
                "LIMIT_EXCEEDED",
                "it exceeds the limit 'manifest-bytes' of 4194304 bytes");
        assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void pour(HttpServerRequest request, Buffer chunk) {
        request.response().write(chunk).onSuccess(written -> pour(request, chunk));
    }

    @Test
    void oneThatStatesAnotherDigestIsRefused() throws Exception {
        Pushed image = port.registry.images().image("bad/lying").tag("1").push();
        port.registry.on(
                path(image),
                request -> request.response()
                        .putHeader("Content-Type", image.mediaType())
                        .putHeader("Docker-Content-Digest", port.signed.digest().toString())
                        .end("{\"schemaVersion\":2}"));

        denied(askInTime(image.text()), 403, "DIGEST_MISMATCH", "Do not trust this registry");
    }

    @Test
    void oneThatIsNoRegistryIsRefused() throws Exception {
        Pushed image = port.registry.images().image("bad/words").tag("1").push();
        port.registry.on(
                path(image),
                request -> request.response()
                        .putHeader("Content-Type", "text/html")
                        .end("<html>"));

        JsonNode response = askInTime(image.text());

        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
        assertThat(response.at("/status/reason").asText()).isIn("REGISTRY_MALFORMED", "MEDIA_TYPE_UNSUPPORTED");
    }

    @Test
    @Tag("attack-51")
    @DisplayName(
            "Attack 51: an index that a container runtime could read otherwise is refused, in words that say what to mend")
    void oneWhoseIndexCouldBeReadInTwoWaysIsRefused() throws Exception {
        Pushed image = port.registry.images().image("bad/confusing").tag("1").push();
        String entry =
                "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}".formatted(image.mediaType(), image.digest());
        port.registry.on(
                path(image),
                request -> request.response()
                        .putHeader("Content-Type", "application/vnd.oci.image.index.v1+json")
                        .end("{\"schemaVersion\":2,\"manifests\":[%1$s],\"Manifests\":[%1$s]}".formatted(entry)));

        denied(
                askInTime(image.text()),
                403,
                "MANIFEST_MALFORMED",
                "it has the keys \"manifests\" and \"Manifests\", which some readers take for one. Push the image again.");
    }

    @Test
    void oneThatIsBrokenCouldNotBeChecked() throws Exception {
        Pushed image = port.registry.images().image("bad/broken").tag("1").push();
        port.registry.on(
                path(image), request -> request.response().setStatusCode(502).end("oops"));

        denied(askInTime(image.text()), 503, "REGISTRY_UNAVAILABLE", "answered 502");
    }
}
