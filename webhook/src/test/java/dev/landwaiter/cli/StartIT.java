package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.RunningWebhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program, in the smallest heap that its documentation speaks of: what it loads before its first answer, and that it starts. */
@Timeout(120)
class StartIT {
    private static final String POLICY = """
            apiVersion: landwaiter.dev/v1alpha1
            kind: ClusterImagePolicy
            metadata: {name: nothing}
            spec:
              images: [{glob: "**"}]
              authorities: [{name: nobody, static: {action: fail, message: "nothing is let in"}}]
            """;

    private final HttpClient client = Program.believing();

    @Test
    void theFirstAnswerComesWithoutWhatItDoesNotNeed(@TempDir Path folder) throws Exception {
        Files.writeString(Files.createDirectory(folder.resolve("policies")).resolve("policy.yaml"), POLICY);
        int port = Program.freePort();
        int management = Program.freePort();
        List<String> words =
                new ArrayList<>(List.of("webhook", "--cluster", "off", "--policies", folder + "/policies"));
        words.addAll(List.of("--listen", "127.0.0.1:" + port, "--management-listen", "127.0.0.1:" + management));
        words.addAll(List.of("--drain-delay", "0s"));
        words.addAll(Program.tls(folder));
        Path log = folder.resolve("classes");
        List<String> options = List.of("-Xmx128m", "-Xlog:class+load:file=" + log);
        Process process = Program.java("webhook", options, Main.class, words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try {
            Program.awaitReady(client, process, management);
            assertThat(mutated(
                            port,
                            RunningWebhook.review("u", "ghcr.io/acme/api:1.4").toString()))
                    .contains("\"allowed\":false");
        } finally {
            process.destroy();
            assertThat(process.waitFor()).isEqualTo(143);
            client.close();
        }

        assertThat(loaded(log, "dev.landwaiter.")).isNotEmpty();
        // the type that the table of modes hands out; not one of it is run
        assertThat(loaded(log, "picocli.")).isSubsetOf("picocli.CommandLine");
        assertThat(loaded(log, "dev.cel.")).isEmpty();
        assertThat(loaded(log, "io.fabric8.")).isEmpty();
        assertThat(loaded(log, "sun.security.pkcs12.")).isEmpty();
    }

    private String mutated(int port, String review) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/mutate?timeout=10s"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(review))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    /** The names of classes that begin with {@code prefix}, each line being {@code [0.1s][info][class,load] NAME source: WHERE}. */
    private static List<String> loaded(Path log, String prefix) throws Exception {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.replaceFirst("^(\\[[^]]*] ?)*", ""))
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.split(" ", 2)[0])
                    .toList();
        }
    }
}
