package dev.landwaiter.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.TrustedRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A repository that python-tuf wrote, TUF's reference implementation, with a key of another kind for each role: Ed25519, ECDSA over two
 * curves, RSASSA-PSS. {@code tuf/make.py} among the test resources made it.
 */
class PythonTufTest {
    private static final Path FOLDER = Path.of("test/resources/tuf/python-tuf");
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private final Map<String, byte[]> files = read();
    private final RefreshedTrustRoot root = RefreshedTrustRoot.open(
            TufRepository.of(
                    URI.create("https://mirror.test/tuf"), Objects.requireNonNull(files.get("1.root.json")), "it"),
            Optional.empty(),
            () -> NOW,
            Limits.defaults());

    private static Map<String, byte[]> read() {
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(FOLDER)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(FOLDER.relativize(file).toString(), Files.readAllBytes(file));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean refresh() {
        return root.refresh(new FakeTransport(files), Deadline.in(Duration.ofSeconds(10)));
    }

    @Test
    void itIsFollowed() throws IOException {
        assertThat(refresh()).isTrue();

        assertThat(root.problem()).isEmpty();
        assertThat(root.get())
                .isEqualTo(TrustedRoot.parse(
                        Files.readAllBytes(Path.of("test/resources/policy/trusted-root.json")), "it"));
        assertThat(root.origin())
                .isEqualTo("version 1 of the mirror's targets, by version 2 of its root, of 2026-11-21T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"})
    void whatIsAlteredInItIsRefused(String file) {
        String text = new String(Objects.requireNonNull(files.get(file)), StandardCharsets.UTF_8);
        files.put(file, text.replace("\"expires\":\"2126", "\"expires\":\"2127").getBytes(StandardCharsets.UTF_8));

        assertThat(refresh()).isFalse();

        assertThat(root.problem().orElseThrow().code()).isEqualTo(Code.TUF_REFUSED);
        assertThat(root.problem().orElseThrow().message())
                .contains("\"%s\" %s"
                        .formatted(file, file.startsWith("1.") ? "does not have the hash" : "is not signed"));
    }
}
