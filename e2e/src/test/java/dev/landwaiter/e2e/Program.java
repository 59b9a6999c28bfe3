package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in one of its modes, as a process beside the cluster. */
final class Program implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(40);

    private final int management = freePort();
    private final Path log;
    private final Process process;

    /** Starts it. */
    Program(String mode, String instance, List<String> settings) {
        log = Folders.state().resolve("logs/" + instance + ".log");
        List<String> words =
                new ArrayList<>(List.of(Folders.root().resolve("landwaiter").toString(), mode, "--management-listen"));
        words.add("127.0.0.1:" + management);
        words.addAll(settings);
        try {
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().keySet().removeIf(name -> name.startsWith("LANDWAITER_"));
            process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException("Could not start " + words, failure);
        }
    }

    /** What {@code path} answers on the management port; what went wrong where nothing answers. */
    String get(String path) {
        if (!process.isAlive()) {
            throw new AssertionError("it ended by itself; its log is " + log);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException notYet) {
            return notYet.toString();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The value of a metric of that name and labels. */
    double metric(String nameAndLabels) {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(nameAndLabels + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(nameAndLabels.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** By SIGTERM, as a cluster does. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("it did not end within %s of SIGTERM; its log is %s".formatted(END, log));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
