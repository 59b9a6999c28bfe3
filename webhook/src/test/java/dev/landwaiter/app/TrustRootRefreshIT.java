package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.TestTufRepository;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The webhook as it runs, with a trust root that it refreshes. */
class TrustRootRefreshIT {
    private static final String RESULT = "landwaiter_trust_root_refreshes_total{result=\"%s\"}";

    @TempDir
    Path folder;

    private KeylessPort keyless;
    private TestTufRepository repository;

    @BeforeEach
    void open() throws Exception {
        keyless = new KeylessPort(folder);
        repository = new TestTufRepository(Instant.now(), keyless.sigstore.trustedRoot());
        // it names no trust root
        keyless.port.write(
                "policies/workflow.yaml",
                keyless.policy("workflow", "keyless/**", "").replaceAll(" +trustRootRef: private\n", ""));
        keyless.port.write("root.json", new String(repository.firstRoot(), StandardCharsets.UTF_8));
        Path _ = Files.createDirectory(folder.resolve("tuf"));
    }

    @AfterEach
    void close() {
        keyless.close();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("--trust-root-refresh", "1h");
        settings.put("--tuf-mirror", keyless.port.registry.uri() + "/tuf");
        settings.put("--tuf-root", keyless.port.file("root.json"));
        // a request that the test holds is not given up while it looks at the rest
        settings.put("--limit", "idle-millis=60000");
        settings.put("--tuf-cache", keyless.port.file("tuf"));
        return settings;
    }

    /** Who asks for timestamp.json waits until {@link #answer}. */
    private BlockingQueue<HttpServerRequest> serveAllButTimestamp() {
        repository.serve(keyless.port.registry, "tuf");
        BlockingQueue<HttpServerRequest> held = new LinkedBlockingQueue<>();
        keyless.port.registry.on("/tuf/timestamp.json", held::add);
        return held;
    }

    private static HttpServerRequest next(BlockingQueue<HttpServerRequest> held) throws InterruptedException {
        HttpServerRequest request = held.poll(20, TimeUnit.SECONDS);
        assertThat(request).as("it is asked in the background").isNotNull();
        return request;
    }

    private void answer(HttpServerRequest request) {
        var _ = request.response().end(Buffer.buffer(repository.files().getOrDefault("timestamp.json", new byte[0])));
    }

    private JsonNode ask(RunningWebhook webhook, String uid) throws Exception {
        return webhook.ask("/mutate?timeout=10s", RunningWebhook.review(uid, keyless.released.text()));
    }

    private static void await(RunningWebhook webhook, String metric) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (webhook.metric(metric) < 1 && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        assertThat(webhook.metric(metric)).isEqualTo(1);
    }

    private static List<String> told(RunningWebhook webhook) {
        return webhook.logged(TrustRootWatch.class.getName()).stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    void theStartWaitsForNoMirrorAndANewTrustRootIsInForceAtOnce() throws Exception {
        BlockingQueue<HttpServerRequest> held = serveAllButTimestamp();
        try (RunningWebhook webhook = new RunningWebhook(keyless.port, settings())) {
            HttpServerRequest waiting = next(held);
            assertThat(ask(webhook, "before").path("allowed").asBoolean()).isFalse();
            assertThat(webhook.metric("landwaiter_trust_root_refreshed_seconds"))
                    .isNaN();
            assertThat(webhook.manage("/readyz").body())
                    .contains("[+] trust root refresh: in force is none, so no signer is believed\n");

            answer(waiting);
            await(webhook, RESULT.formatted("refreshed"));

            assertThat(ask(webhook, "after").path("allowed").asBoolean())
                    .as("the verdict of a moment ago is not found")
                    .isTrue();
            assertThat(webhook.metric("landwaiter_trust_root_refreshed_seconds"))
                    .isGreaterThan((double) Instant.now().minusSeconds(60).getEpochSecond());
            assertThat(webhook.manage("/readyz").body())
                    .contains(
                            "[+] trust root refresh: in force is version 1 of the mirror's targets, by version 1 of its root, of ");
            assertThat(told(webhook))
                    .last()
                    .asString()
                    .startsWith(
                            "INFO From now on, policies without a trust root use version 1 of the mirror's targets, by version 1 of its root, of ");
        }
    }

    @Test
    void whatIsRefusedIsToldAndWhatAnEarlierRunKeptStaysInForce() throws Exception {
        repository.serve(keyless.port.registry, "tuf");
        try (RunningWebhook webhook = new RunningWebhook(keyless.port, settings())) {
            await(webhook, RESULT.formatted("refreshed"));
        }
        repository.change(TestTufRepository.TIMESTAMP, role -> role.expires(Instant.parse("2020-01-01T00:00:00Z")));
        repository.publish(new PrivateSigstore(InstantSource.system()).trustedRoot());
        BlockingQueue<HttpServerRequest> held = serveAllButTimestamp();
        try (RunningWebhook webhook = new RunningWebhook(keyless.port, settings())) {
            answer(next(held));
            await(webhook, RESULT.formatted("TUF_REFUSED"));

            String problem =
                    "Could not refresh the trust root from %s/tuf: \"timestamp.json\" expired at 2020-01-01T00:00:00Z. If the clock here is right, the mirror is held back or not kept up: ask its operator. The last good one stays in force: version 1 of the mirror's targets, by version 1 of its root, of "
                            .formatted(keyless.port.registry.uri());
            assertThat(webhook.manage("/readyz").body()).contains("[!] trust root refresh: " + problem);
            assertThat(told(webhook)).last().asString().startsWith("WARN TUF_REFUSED: " + problem);
            assertThat(webhook.metric(RESULT.formatted("refreshed"))).isZero();
            assertThat(ask(webhook, "kept").path("allowed").asBoolean()).isTrue();
        }
    }

    @Test
    void whatIsNoTufRootIsToldAtTheStart() {
        Map<String, String> settings = settings();
        settings.put("--tuf-root", keyless.port.file("trusted_root.json"));

        assertThatThrownBy(() -> new RunningWebhook(keyless.port, settings).close())
                .hasMessage(
                        "Could not use --tuf-root \"%s\": it is not a TUF root. Give the root.json that the repository at %s/tuf began with, or any later one of it."
                                .formatted(keyless.port.file("trusted_root.json"), keyless.port.registry.uri()));
    }

    @Test
    void aTufRootThatIsTooLargeIsRefusedAndNotCut() throws Exception {
        byte[] root = Arrays.copyOf(repository.firstRoot(), 4_000);
        Arrays.fill(root, repository.firstRoot().length, root.length, (byte) ' ');
        Path _ = Files.write(Path.of(keyless.port.file("root.json")), root);
        Map<String, String> settings = settings();
        settings.put("--limit", "trust-root-bytes=3999");

        assertThatThrownBy(() -> new RunningWebhook(keyless.port, settings).close())
                .hasMessage(
                        "Could not read --tuf-root \"%s\": it exceeds the limit 'trust-root-bytes' of 3999 bytes. If it is meant to be that large, raise the setting --limit trust-root-bytes=…."
                                .formatted(keyless.port.file("root.json")));
    }
}
