package dev.landwaiter.imagebuild;

import dev.landwaiter.demo.DemoWorld;
import dev.landwaiter.settings.HostPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A webhook in a process of its own, in the world of the demo. */
final class WebhookProcess implements AutoCloseable {
    private static final Duration TO_START = Duration.ofSeconds(90);
    private static final Duration TO_STOP = Duration.ofMinutes(2);

    private final Process process;
    private final Path log;
    private final HostPort listening;
    private final Duration ready;

    private WebhookProcess(Process process, Path log, HostPort listening, Duration ready) {
        this.process = process;
        this.log = log;
        this.listening = listening;
        this.ready = ready;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param java the command up to and with the main class
     * @param seen where that process sees the world's folder
     * @param log gets what it prints
     */
    static WebhookProcess start(List<String> java, DemoWorld world, Path seen, Path log)
            throws IOException, InterruptedException {
        HostPort listening = new HostPort("127.0.0.1", freePort());
        HostPort managing = new HostPort("127.0.0.1", freePort());
        List<String> command = new ArrayList<>(java);
        command.add("webhook");
        command.addAll(world.arguments(listening, managing, seen));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // what the image is built with is no part of it
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        long start = System.nanoTime();
        Process process = builder.start();
        try {
            awaitReady(process, managing, log, start);
        } catch (BuildFailure | InterruptedException e) {
            Process _ = process.destroyForcibly();
            throw e;
        }
        return new WebhookProcess(process, log, listening, Duration.ofNanos(System.nanoTime() - start));
    }

    private static void awaitReady(Process process, HostPort managing, Path log, long start)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + managing + "/readyz"))
                .timeout(Duration.ofSeconds(10))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (process.isAlive() && System.nanoTime() - start < TO_START.toNanos()) {
                try {
                    if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // not yet
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
        throw new BuildFailure("Could not start the webhook: it %s. It said:%n%s"
                .formatted(
                        process.isAlive()
                                ? "was not ready after %d s".formatted(TO_START.toSeconds())
                                : "ended with " + process.exitValue(),
                        tail(log)));
    }

    static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    HostPort listening() {
        return listening;
    }

    /** From its start until it said that it is ready. */
    Duration ready() {
        return ready;
    }

    /** Its resident memory now, in bytes; 0 where nobody knows. */
    long resident() throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    /** Asks it to end, and waits until it has. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(TO_STOP.toSeconds(), TimeUnit.SECONDS)) {
            Process _ = process.destroyForcibly();
            throw new BuildFailure("Could not end the webhook: it was told to %d s ago. It said:%n%s"
                    .formatted(TO_STOP.toSeconds(), tail(log)));
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            Process _ = process.destroyForcibly();
        }
    }
}
