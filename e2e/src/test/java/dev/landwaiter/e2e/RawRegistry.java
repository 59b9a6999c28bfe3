package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A registry that keeps any bytes as a manifest, of {@code e2e/kube/modules/choice}. It is asked as a person would, by curl. */
final class RawRegistry implements AutoCloseable {
    private final Tools tools;
    private final String address;
    private final Process process;

    private RawRegistry(Tools tools, String address, Process process) {
        this.tools = tools;
        this.address = address;
        this.process = process;
    }

    static RawRegistry start(Tools tools) {
        tools.script("certificate", "choice").output();
        Path pki = Folders.state().resolve("pki");
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            String address = "127.0.0.1:" + port;
            Command serve = tools.program("choice")
                    .and("registry", address)
                    .and(
                            pki.resolve("choice.crt").toString(),
                            pki.resolve("choice.key").toString());
            Process process = new ProcessBuilder(serve.words())
                    .redirectErrorStream(true)
                    .redirectOutput(Folders.state().resolve("logs/choice.log").toFile())
                    .start();
            RawRegistry registry = new RawRegistry(tools, address, process);
            Await.until(
                    "the registry of raw documents answers",
                    Duration.ofSeconds(20),
                    () -> registry.curl("https://" + address + "/v2/").run(),
                    result -> result.exit() == 0);
            return registry;
        } catch (IOException failure) {
            throw new UncheckedIOException("Could not start the registry of raw documents", failure);
        }
    }

    String address() {
        return address;
    }

    /** Keeps {@code content} under a tag and by its digest, as it is. */
    void putRaw(String repository, String tag, String mediaType, byte[] content) {
        send(
                content,
                "-X",
                "PUT",
                "-H",
                "Content-Type: " + mediaType,
                "https://%s/raw/%s/%s".formatted(address, repository, tag));
    }

    void putBlob(String repository, String digest, byte[] content) {
        send(
                content,
                "-X",
                "POST",
                "-H",
                "Content-Type: application/octet-stream",
                "https://%s/v2/%s/blobs/uploads/?digest=%s".formatted(address, repository, digest));
    }

    private void send(byte[] content, String... arguments) {
        try {
            Path body = Files.createTempFile("body", "");
            try {
                Files.write(body, content);
                curl(arguments).and("--data-binary", "@" + body).output();
            } finally {
                Files.delete(body);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Command curl(String... arguments) {
        return Command.of(
                        "curl",
                        "--silent",
                        "--show-error",
                        "--fail",
                        "--cacert",
                        tools.ca().toString())
                .and(arguments);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
