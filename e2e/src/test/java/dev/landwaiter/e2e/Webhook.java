package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The program as a process beside the cluster, with the rights of its service account and no more. */
final class Webhook {
    /** The launcher may have to build first. */
    private static final Duration FIRST_START = Duration.ofMinutes(15);

    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final Tools tools;
    private final Cluster cluster;
    private final Images images;
    private final String host;
    private final int port = Program.freePort();
    private final int managementPort = Program.freePort();
    private final Path log = Folders.state().resolve("logs/webhook.log");
    private @Nullable Process process;

    Webhook(Tools tools, Cluster cluster, Images images) {
        this.tools = tools;
        this.cluster = cluster;
        this.images = images;
        String given = System.getenv("LANDWAITER_E2E_HOST");
        this.host = given == null ? "127.0.0.1" : given;
    }

    /** Where the API server is told to call it. */
    String url() {
        return "https://" + host + ":" + port;
    }

    void start() {
        start(List.of());
    }

    /** With settings besides those that every test needs. */
    void start(List<String> settings) {
        tools.script("certificate", "webhook", "IP:" + host + ",DNS:localhost").output();
        Path pki = Folders.state().resolve("pki");
        String withoutReferrers = images.address(Registry.WITHOUT_REFERRERS_API);
        String withReferrers = images.address(Registry.WITH_REFERRERS_API);
        List<String> words = new ArrayList<>(List.of(
                Folders.root().resolve("landwaiter").toString(),
                "webhook",
                "--listen",
                (host.equals("127.0.0.1") ? host : "0.0.0.0") + ":" + port,
                "--management-listen",
                "127.0.0.1:" + managementPort,
                "--tls-cert",
                pki.resolve("webhook.crt").toString(),
                "--tls-key",
                pki.resolve("webhook.key").toString(),
                "--kubeconfig",
                // the account that manifests/ gives the program
                cluster.kubeconfig("landwaiter", "landwaiter", "webhook.kubeconfig")
                        .toString(),
                "--registry-ca",
                withoutReferrers + "=" + tools.ca(),
                "--registry-ca",
                withReferrers + "=" + tools.ca(),
                "--allow-address",
                "127.0.0.0/8",
                "--drain-delay",
                "100ms",
                // so short that a test need not wait for an answer to be asked for again
                "--failure-ttl",
                "100ms",
                "--tag-ttl",
                "100ms"));
        words.addAll(settings);
        if (!settings.contains("--client-ca")) {
            // it listens where nobody but this machine's API server and tests come
            words.add("--trust-network");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            // it refuses settings that it does not know, and LANDWAITER_E2E_HOST is one
            builder.environment().keySet().removeIf(name -> name.startsWith("LANDWAITER_"));
            process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException("Could not start the webhook", failure);
        }
        Await.until("the webhook is ready; its log is " + log, FIRST_START, this::readiness, "200"::equals);
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
        } catch (IOException refused) {
            throw new AssertionError("/readyz answers 200, but nobody listens on port " + port, refused);
        }
    }

    /** As a cluster would: SIGTERM, and time to drain. */
    void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        process = null;
        try {
            running.descendants().forEach(ProcessHandle::destroy);
            running.destroy();
            if (!running.waitFor(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                running.descendants().forEach(ProcessHandle::destroyForcibly);
                running.destroyForcibly();
                throw new AssertionError("the webhook did not end within %s of SIGTERM".formatted(DRAIN));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    String metrics() {
        return get("/metrics").body();
    }

    /** The status of /readyz, or why there is none. */
    private String readiness() {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new AssertionError("the webhook ended by itself:\n" + tail());
        }
        try {
            return String.valueOf(get("/readyz").statusCode());
        } catch (UncheckedIOException notYet) {
            return notYet + "\n" + tail();
        }
    }

    private HttpResponse<String> get(String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private String tail() {
        try {
            String all = Files.exists(log) ? Files.readString(log) : "";
            return all.substring(Math.max(0, all.length() - 4000));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
