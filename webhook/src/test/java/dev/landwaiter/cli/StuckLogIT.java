package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.RunningWebhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program, whose log nobody reads. */
@Timeout(120)
class StuckLogIT {
    private static final String POLICY = """
            apiVersion: landwaiter.dev/v1alpha1
            kind: ClusterImagePolicy
            metadata: {name: nothing}
            spec:
              images: [{glob: "**"}]
              authorities: [{name: nobody, static: {action: fail, message: "nothing is let in"}}]
            """;
    /** Enough of them are more than the pipe and the log's buffer hold together. */
    private static final int MOST_REVIEWS = 30_000;

    private final HttpClient client = Program.believing();

    @Test
    @Tag("attack-65")
    void decisionsAndHealthGoOnAndWhatWasDroppedIsCountedAndTold(@TempDir Path folder) throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("policies")).resolve("policy.yaml"), POLICY);
        int port = Program.freePort();
        int management = Program.freePort();
        List<String> words =
                new ArrayList<>(List.of("webhook", "--cluster", "off", "--policies", folder + "/policies"));
        words.addAll(List.of("--listen", "127.0.0.1:" + port, "--management-listen", "127.0.0.1:" + management));
        words.addAll(Program.tls(folder));
        Process process = Program.java("webhook", List.of(), Main.class, words).start();
        try {
            Program.awaitReady(client, process, management);
            String review = RunningWebhook.review("u", images()).toString();

            int sent = 0;
            while (dropped(management) == 0 && sent < MOST_REVIEWS) {
                for (int i = 0; i < 50; i++, sent++) {
                    assertThat(post(port, review).body()).contains("\"allowed\":false");
                }
            }

            assertThat(dropped(management))
                    .as("lines dropped of %d denials", sent)
                    .isPositive();
            long start = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                assertThat(post(port, review).body()).contains("\"allowed\":false");
                assertThat(Program.get(client, management, "/healthz").statusCode())
                        .isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));

            assertThat(toldOnceItIsRead(process)).isTrue();
        } finally {
            process.destroy();
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
            client.close();
        }
    }

    private static String[] images() {
        String[] images = new String[200];
        Arrays.setAll(images, i -> "registry.example.com/some/repository/of/some/length/image-" + i + ":some-tag");
        return images;
    }

    private static boolean toldOnceItIsRead(Process process) throws Exception {
        CompletableFuture<Boolean> told = CompletableFuture.supplyAsync(() -> {
            try (Stream<String> lines =
                    process.errorReader(StandardCharsets.UTF_8).lines()) {
                return lines.anyMatch(line -> line.contains("log lines were dropped because"));
            }
        });
        return told.get(30, TimeUnit.SECONDS);
    }

    private double dropped(int management) throws IOException, InterruptedException {
        return Program.metric(client, management, "landwaiter_log_lines_dropped_total{kind=\"denial\"}");
    }

    private HttpResponse<String> post(int port, String review) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/mutate"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(review))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
