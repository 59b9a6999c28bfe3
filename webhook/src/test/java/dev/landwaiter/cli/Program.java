package dev.landwaiter.cli;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** JVMs started with the options that the launcher starts the program with. */
final class Program {
    private static final Path LAUNCHER = Path.of("..", "landwaiter");

    private Program() {}

    /**
     * {@code main} with {@code arguments} in a JVM of its own, started as {@code ./landwaiter} starts it in {@code mode}.
     *
     * @param options of the JVM that come after the launcher's, and win
     */
    static ProcessBuilder java(String mode, List<String> options, Class<?> main, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(launcherOptions(mode));
        words.addAll(options);
        words.add("-cp");
        words.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        words.add(main.getName());
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("LANDWAITER_"));
        return builder;
    }

    /** Those that the launcher says, one a line. */
    static List<String> launcherOptions(String mode) {
        try {
            Process launcher = new ProcessBuilder("bash", LAUNCHER.toString(), "--java-options", mode)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String out = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!launcher.waitFor(20, TimeUnit.SECONDS) || launcher.exitValue() != 0) {
                throw new AssertionError("the launcher did not say its options: " + out);
            }
            return out.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes a certificate for loopback; the flags that serve it. */
    static List<String> tls(Path folder) throws IOException {
        ServingCertificate certificate = new SelfSignedAuthority("program", Duration.ofDays(1), Clock.systemUTC())
                .issueServer(List.of("localhost", "127.0.0.1"), Duration.ofHours(12));
        Path chain = Files.writeString(folder.resolve("tls.crt"), certificate.chainPem());
        Path key = Files.writeString(folder.resolve("tls.key"), certificate.keyPem());
        return List.of("--tls-cert", chain.toString(), "--tls-key", key.toString());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Waits until it says that it is ready. */
    static void awaitReady(HttpClient client, Process process, int management) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                if (get(client, management, "/readyz").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new AssertionError("the webhook did not become ready; it is " + (process.isAlive() ? "alive" : "dead"));
    }

    static HttpResponse<String> get(HttpClient client, int management, String path)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    static double metric(HttpClient client, int management, String nameAndLabels)
            throws IOException, InterruptedException {
        return get(client, management, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(nameAndLabels + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(nameAndLabels.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** A client that believes any server: those on loopback that a test started. */
    static HttpClient believing() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager all = new X509TrustManager() {
                @Override
                public void checkClientTrusted(X509Certificate[] chain, String type) {}

                @Override
                public void checkServerTrusted(X509Certificate[] chain, String type) {}

                @Override
                public X509Certificate[] getAcceptedIssuers() {
                    return new X509Certificate[0];
                }
            };
            context.init(null, new TrustManager[] {all}, new SecureRandom());
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(context)
                    .build();
        } catch (NoSuchAlgorithmException | KeyManagementException e) {
            throw new AssertionError(e);
        }
    }
}
