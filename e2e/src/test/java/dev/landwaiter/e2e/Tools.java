package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/** The scripts of {@code e2e/kube} with a state and ports of this run's own, and the programs that they have built. */
final class Tools {
    /** A first build of the tools from source is minutes. */
    private static final Duration BUILD = Duration.ofMinutes(40);

    private final Path tools;

    Tools() {
        String chosen = System.getenv("KUBE_TOOLS");
        tools = chosen == null ? Path.of(System.getProperty("user.home"), ".cache/landwaiter-kube") : Path.of(chosen);
    }

    Command script(String name, String... arguments) {
        return Command.of(Folders.kube().resolve(name), arguments)
                .with(environment())
                .within(BUILD);
    }

    /** {@code crane}, {@code cosign} or {@code cosign2}, knowing the registries' CA and credentials, and where cosign's plugins are. */
    Command program(String name) {
        return Command.of(tools.resolve("bin").resolve(name))
                .with("DOCKER_CONFIG", Folders.state().resolve("docker").toString())
                .with("SSL_CERT_FILE", ca().toString())
                .with("PATH", Folders.kube() + ":" + System.getenv("PATH"))
                .with("COSIGN_PASSWORD", "");
    }

    Path kubectl() {
        Path folder = tools.resolve("k8s");
        try (var versions = Files.list(folder)) {
            return versions.map(version -> version.resolve("kubectl"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("No kubectl in " + folder));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The one CA of registries, API server and webhook. */
    Path ca() {
        return Folders.state().resolve("pki/ca.crt");
    }

    /** A port by its name in {@code e2e/kube/lib.sh}. */
    int port(String name) {
        Properties ports = new Properties();
        try (Reader reader = Files.newBufferedReader(Folders.state().resolve("ports"), StandardCharsets.UTF_8)) {
            ports.load(reader);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Integer.parseInt(ports.getProperty(name + "_port"));
    }

    private Map<String, String> environment() {
        return Map.of(
                "KUBE_TOOLS", tools.toString(), "KUBE_STATE", Folders.state().toString(), "KUBE_PORTS", "free");
    }
}
