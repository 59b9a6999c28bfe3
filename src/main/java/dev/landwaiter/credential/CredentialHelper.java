package dev.landwaiter.credential;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/**
 * Runs {@code docker-credential-<name> get} and ends it at the deadline, which the libraries that run helpers do not.
 *
 * @see <a href="https://github.com/docker/docker-credential-helpers/blob/v0.9.4/README.md">the helpers' protocol</a>
 */
final class CredentialHelper {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int MAX_OUTPUT = 64 << 10;

    private final Map<String, String> environment;
    private final Limits limits;

    /** Helpers are looked for on the {@code PATH} of {@code environment}, and see nothing else of ours. */
    CredentialHelper(Map<String, String> environment, Limits limits) {
        this.environment = Map.copyOf(environment);
        this.limits = limits;
    }

    /**
     * What the helper gives for {@code server}.
     *
     * @param source of the credential, for messages
     * @throws IllegalArgumentException with why there is nothing, in words that hold no secret
     * @throws Failure {@code DEADLINE_EXCEEDED}
     */
    Credential get(String name, String server, String source, Deadline deadline) {
        Path program = program(name);
        Process process = start(program);
        try {
            Callable<Output> exchange = () -> exchange(process, server);
            Output output = Parallel.all(List.of(exchange), deadline, "running " + program.getFileName())
                    .getFirst();
            if (output.bytes().length > MAX_OUTPUT) {
                throw new IllegalArgumentException("its answer has more than %d bytes".formatted(MAX_OUTPUT));
            }
            if (output.exitCode() != 0) {
                throw new IllegalArgumentException("it ended with exit code " + output.exitCode());
            }
            return credential(output.bytes(), source);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Path program(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("its name is not one of a program");
        }
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path program = Path.of(folder, "docker-credential-" + name);
            if (!folder.isEmpty() && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IllegalArgumentException("it is not on the PATH");
    }

    private Process start(Path program) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(program.toString(), "get").redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new IllegalArgumentException("it could not be started", e);
        }
    }

    private static Output exchange(Process process, String server) throws IOException, InterruptedException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // a helper that does not read its input tells in its exit code what it thinks of it
        }
        byte[] bytes = process.getInputStream().readNBytes(MAX_OUTPUT + 1);
        // one that says too much is not waited for: it may not end before all that it writes has been read
        return new Output(bytes.length > MAX_OUTPUT ? 0 : process.waitFor(), bytes);
    }

    private Credential credential(byte[] output, String source) {
        JsonNode json;
        try {
            json = new BoundedJson(limits).read(output, Code.CREDENTIAL_MALFORMED, "its answer");
        } catch (Failure e) {
            throw new IllegalArgumentException("its answer is not well-formed JSON", e);
        }
        String user = json.path("Username").asText("");
        String secret = json.path("Secret").asText("");
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("its answer has no Secret");
        }
        return DockerConfig.of(user, secret, source);
    }

    private record Output(int exitCode, byte[] bytes) {}
}
