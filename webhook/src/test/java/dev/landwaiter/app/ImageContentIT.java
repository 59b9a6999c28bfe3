package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.TestImages;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images whose own content takes as long as it can, behind the whole webhook and a policy of {@code onUnavailable: admit}: none is admitted
 * by that, and nobody else waits.
 */
@Timeout(60)
class ImageContentIT {
    private static final int ENTRIES = 250;
    /** Two seconds at most on a machine of its own; the tests' may be busy. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private Port port;
    private RunningWebhook webhook;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        port = new Port(folder);
        port.write(
                "policies/every.yaml",
                port.policy("every", "x", "enforce", "onUnavailable: admit")
                        .replace(port.registry.host() + "/x", "**"));
        webhook = new RunningWebhook(port, Map.of());
        // so that what is timed is not the loading of classes
        webhook.ask("/mutate", RunningWebhook.review("warm", port.unsigned.text()));
    }

    @AfterEach
    void close() {
        webhook.close();
        port.close();
    }

    /** An index of manifests that are not there, each with a tag of 64 layers of junk where its signature would be. */
    private Pushed junk(String repository) {
        TestImages.ArtifactBuilder signatures = port.registry.images().artifact(repository);
        for (int i = 0; i < 64; i++) {
            signatures.layer(MediaType.SIMPLE_SIGNING, ("{\"junk\":" + i + "}").getBytes(StandardCharsets.UTF_8));
        }
        Digest junk = signatures.push().digest();
        TestImages.IndexBuilder index = port.registry.images().index(repository).tag("1");
        for (int i = 0; i < ENTRIES; i++) {
            Digest missing = Digest.sha256((repository + i).getBytes(StandardCharsets.UTF_8));
            index.entry(new Pushed("", repository, "", missing, MediaType.OCI_MANIFEST, 500));
            port.registry.content().tag(repository, "sha256-" + missing.hex() + ".sig", junk);
        }
        return index.push();
    }

    private JsonNode ask(int seconds, String... images) throws Exception {
        return webhook.ask("/mutate?timeout=" + seconds + "s", RunningWebhook.review("evil", images));
    }

    private CompletableFuture<JsonNode> askLater(int seconds, String... images) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        Thread _ = Thread.startVirtualThread(() -> {
            try {
                answer.complete(ask(seconds, images));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static void refused(JsonNode response, String message) {
        assertThat(response.at("/status/message").asText()).contains(message);
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/reason").asText()).isEqualTo("BUDGET_EXCEEDED");
        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
    }

    private long requestsFor(String repository) {
        return port.registry.log().all().stream()
                .filter(request -> request.path().startsWith("/v2/" + repository + "/"))
                .count();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    @Tag("attack-54")
    @DisplayName(
            "Attack 54: an index of 250 entries, each with 64 layers of junk, is refused in bounded time and requests, "
                    + "and another tenant's image is verified meanwhile")
    void anIndexOfJunkIsRefused() throws Exception {
        Pushed evil = junk("evil/index");
        port.registry.latency(Duration.ofMillis(30));

        long start = System.nanoTime();
        CompletableFuture<JsonNode> answer = askLater(10, evil.text());
        until(() -> requestsFor("evil/index") > 20);
        long begun = System.nanoTime();
        JsonNode others = webhook.ask("/mutate?timeout=10s", inNamespace("other", port.signed.text()));

        assertThat(others.path("allowed").asBoolean()).isTrue();
        assertThat(since(begun)).isLessThan(SOON);
        refused(
                answer.get(10, TimeUnit.SECONDS),
                "checking this image takes more requests than the limit 'image-requests' of 128 requests allows. Remove what lies beside the image");
        assertThat(since(start)).isLessThan(Duration.ofSeconds(9));
        assertThat(requestsFor("evil/index")).isLessThanOrEqualTo(128);
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: nor where each answer takes half a second, and the time runs out before the budget")
    void aSlowIndexOfJunkIsRefused() throws Exception {
        Pushed evil = junk("evil/slow");
        port.registry.latency(Duration.ofMillis(500));

        refused(ask(4, evil.text()), "evil/slow");
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: nor where few requests use up the time, one after the other")
    void pagesWithoutEndAreRefused() throws Exception {
        Pushed evil = port.registry.images().image("evil/pages").tag("1").push();
        String path = "/v2/evil/pages/referrers/" + evil.digest();
        port.registry.on(
                path,
                request -> request.response()
                        .putHeader("Link", "<" + path + "?after=" + request.query() + "x>; rel=\"next\"")
                        .putHeader("Content-Type", MediaType.OCI_INDEX)
                        .end("{\"schemaVersion\":2,\"manifests\":[]}"));
        port.registry.latency(Duration.ofMillis(500));

        refused(ask(4, evil.text()), "the time for this request ran out, although none of its");
        assertThat(requestsFor("evil/pages")).isLessThan(20);
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: nor for whoever asks for the same image while another request looks it up")
    void whoeverJoinsIsRefusedToo() throws Exception {
        Pushed evil = junk("evil/twice");
        port.registry.latency(Duration.ofMillis(500));

        CompletableFuture<JsonNode> first = askLater(3, evil.text());
        until(() -> requestsFor("evil/twice") > 1);
        CompletableFuture<JsonNode> second = askLater(3, evil.text());

        refused(first.get(10, TimeUnit.SECONDS), "evil/twice");
        refused(second.get(10, TimeUnit.SECONDS), "evil/twice");
    }

    @Test
    @DisplayName("A registry that is silent could still not be checked, and admits")
    void aSilentRegistryStillAdmits() throws Exception {
        Pushed silent = port.registry.images().image("slow/silent").tag("1").push();
        port.registry.on("/v2/slow/silent/manifests/1", request -> {});

        JsonNode response = ask(2, silent.text());

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("warnings").toString())
                .contains("admitted unchecked")
                .contains("DEADLINE_EXCEEDED");
    }

    @Test
    @DisplayName("So could one that answers each request slowly")
    void aSlowRegistryStillAdmits() throws Exception {
        Pushed slow = port.registry.images().image("slow/answers").tag("1").push();
        Vertx vertx = Vertx.vertx();
        try {
            for (String path : List.of("manifests/1", "referrers/" + slow.digest())) {
                port.registry.on("/v2/slow/answers/" + path, request -> later(vertx, request));
            }
            JsonNode response = ask(2, slow.text());

            assertThat(response.path("allowed").asBoolean()).isTrue();
            assertThat(response.path("warnings").toString()).contains("DEADLINE_EXCEEDED");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private void later(Vertx vertx, HttpServerRequest request) {
        vertx.setTimer(1_000, _ -> port.registry.proceed(request));
    }

    @Test
    @Tag("attack-54")
    @DisplayName("Attack 54: of one Pod each image's result is its own: evil, silent and good")
    void eachImageOfAPodByItself() throws Exception {
        Pushed evil = junk("evil/beside");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String unreachable = "127.0.0.1:%d/shop/api:1".formatted(silent.getLocalPort());

            JsonNode response = ask(3, evil.text(), unreachable, port.signed.text());

            refused(response, "spec.containers[0].image \"" + evil.text() + "\"");
            assertThat(response.at("/status/details/causes")).hasSize(1);
            assertThat(response.path("warnings").toString())
                    .contains("spec.containers[1].image: DEADLINE_EXCEEDED: admitted unchecked");
        }
    }

    @Test
    @Tag("attack-55")
    @DisplayName(
            "Attack 55: a Pod's images are of so many registries at most; which are too many depends on their order alone")
    void aPodOfVeryManyRegistries() throws Exception {
        List<String> images = new ArrayList<>();
        for (int port : closedPorts(40)) {
            images.add("127.0.0.1:%d/shop/api:1".formatted(port));
        }
        images.add(port.signed.text());

        JsonNode response = ask(10, images.toArray(String[]::new));

        refused(
                response,
                "\"%s\" under ClusterImagePolicy \"every\": could not look it up: the images of this object are of more registries than the limit 'review-registries' of 32 registries allows."
                        .formatted(images.get(32)));
        // 8 of the 40, and the image that is signed, which two policies are for
        assertThat(response.at("/status/details/causes")).hasSize(10);
    }

    private static List<Integer> closedPorts(int number) throws IOException {
        List<ServerSocket> open = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int i = 0; i < number; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                open.add(socket);
                ports.add(socket.getLocalPort());
            }
        } finally {
            for (ServerSocket socket : open) {
                socket.close();
            }
        }
        return ports;
    }

    @Test
    @Tag("attack-60")
    @DisplayName("Attack 60: a Pod of very many images of junk costs no more than as many ordinary ones, "
            + "and another tenant's is verified meanwhile")
    void aPodOfVeryManyEvilImages() throws Exception {
        List<String> images = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            images.add(junk("evil/i" + i).text());
        }
        port.registry.log().clear();

        CompletableFuture<JsonNode> answer = askLater(10, images.toArray(String[]::new));
        until(() -> port.registry.log().count() > 100);
        long begun = System.nanoTime();
        JsonNode others = webhook.ask("/mutate?timeout=10s", inNamespace("other", port.signed.text()));

        assertThat(others.path("allowed").asBoolean()).isTrue();
        assertThat(since(begun)).isLessThan(SOON);
        assertThat(answer.get(15, TimeUnit.SECONDS).path("allowed").asBoolean()).isFalse();
        assertThat(port.registry.log().count()).isLessThanOrEqualTo(64 * 24 + 20);
    }

    @Test
    @DisplayName("A Pod of 250 ordinary images is verified")
    void aPodOfVeryManyGoodImages() throws Exception {
        List<String> images = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            Pushed good = port.registry.images().image("shop/i" + i).tag("1").push();
            port.registry.signer().signBundle(good, port.key);
            images.add(good.text());
        }

        JsonNode response = ask(25, images.toArray(String[]::new));

        assertThat(response.at("/status/message").asText()).isEmpty();
        assertThat(response.path("allowed").asBoolean()).isTrue();
    }

    private static ObjectNode inNamespace(String namespace, String image) {
        ObjectNode review = RunningWebhook.review("good", image);
        review.withObject("request").put("namespace", namespace);
        return review;
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(giveUp);
            Thread.onSpinWait();
        }
    }
}
