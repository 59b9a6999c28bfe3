package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program on a small heap, while large reviews wait for a registry that says nothing. */
@Timeout(180)
class LargeReviewsIT {
    private static final int REVIEWS = 64;
    /** In bytes: about as large as an API server's objects may be. */
    private static final int SIZE = 3_000_000;
    /** As many values as a review may have, nearly: 25 MB and more as a tree. */
    private static final int VALUES = 380_000;

    private static final String POLICIES = """
            apiVersion: landwaiter.dev/v1alpha1
            kind: ClusterImagePolicy
            metadata: {name: known}
            spec:
              images: [{glob: "known.example.com/**"}]
              authorities: [{name: anybody, static: {action: pass}}]
            """;

    private final HttpClient client = Program.believing();

    @Test
    @Tag("attack-57")
    void thatManyWaitAndNeitherEndTheProcessNorKeepOthersFromTheirAnswer(@TempDir Path folder) throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("policies")).resolve("policy.yaml"), POLICIES);
        int port = Program.freePort();
        int management = Program.freePort();
        try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress())) {
            String registry = "127.0.0.1:" + silent.getLocalPort();
            List<String> words = new ArrayList<>(List.of("webhook", "--cluster", "off", "--trust-network"));
            words.addAll(List.of("--policies", folder + "/policies", "--log-level", "error"));
            words.addAll(List.of("--listen", "127.0.0.1:" + port, "--management-listen", "127.0.0.1:" + management));
            words.addAll(List.of("--registry-plain-http", registry, "--allow-address", "127.0.0.0/8"));
            words.addAll(Program.tls(folder));
            // as JSON trees the reviews would take some 2 GB
            Process process = Program.java("webhook", List.of("-Xms64m", "-Xmx320m"), Main.class, words)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            try {
                Program.awaitReady(client, process, management);
                List<CompletableFuture<HttpResponse<String>>> large = new ArrayList<>();
                for (int i = 0; i < REVIEWS; i++) {
                    large.add(client.sendAsync(
                            request(port, large("greedy-" + i % 16, registry + "/a/image:" + i)),
                            BodyHandlers.ofString()));
                }
                awaitWaiting(management, large);

                for (int i = 0; i < 50; i++) {
                    long start = System.nanoTime();
                    HttpResponse<String> known = client.send(
                            request(port, small("other", "known.example.com/a:1")), BodyHandlers.ofString());
                    assertThat(known.body()).contains("\"allowed\":true");
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
                }

                int waited = 0;
                for (CompletableFuture<HttpResponse<String>> one : large) {
                    // who is refused while it still sends may learn of it by the end of its connection
                    String answer = one.handle((got, lost) -> got == null ? "OVERLOADED" : got.body())
                            .get(60, TimeUnit.SECONDS);
                    assertThat(answer).containsAnyOf("OVERLOADED", "\"allowed\":", "DEADLINE_EXCEEDED");
                    waited += answer.contains("OVERLOADED") ? 0 : 1;
                }
                assertThat(waited).as("of %d there was room for", REVIEWS).isBetween(1, REVIEWS - 1);
                assertThat(process.isAlive())
                        .as(Files.readString(folder.resolve("log")))
                        .isTrue();
            } finally {
                process.destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                client.shutdownNow();
            }
        }
    }

    /** Until some of them wait for the registry, or all were refused. */
    private void awaitWaiting(int management, List<CompletableFuture<HttpResponse<String>>> large)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (Program.metric(client, management, "landwaiter_server_deciding{listener=\"admission\"}") < 1
                && System.nanoTime() < end
                && !large.stream().allMatch(CompletableFuture::isDone)) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static String large(String namespace, String image) {
        StringBuilder values = new StringBuilder(SIZE);
        for (int i = 0; i < VALUES; i++) {
            values.append("\"a\",");
        }
        String filler = "x".repeat(SIZE - values.length());
        return review(namespace, image, ",\"args\":[" + values + "\"" + filler + "\"]");
    }

    private static String small(String namespace, String image) {
        return review(namespace, image, "");
    }

    private static String review(String namespace, String image, String more) {
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"group":"","version":"v1","kind":"Pod"},
                 "namespace":"%s","operation":"CREATE","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},
                 "spec":{"containers":[{"name":"a","image":"%s"%s}]}}}}
                """.formatted(namespace, image, more);
    }

    private static HttpRequest request(int port, String review) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/mutate?timeout=10s"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(review.getBytes(StandardCharsets.UTF_8)))
                .build();
    }
}
