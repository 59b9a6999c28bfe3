package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that tenants write, and files that admins do. */
class CredentialFuzzTest {
    private static final ImageReference REFERENCE = ImageReference.parse("ghcr.io/acme/api:1");
    private static final String SOURCE = "secret \"shop/pull\"";

    @TempDir
    private Path folder;

    @Seeds({
        "{\"auths\":{\"ghcr.io\":{\"auth\":\"dXNlcjpwYXNzd29yZA==\"},\"https://index.docker.io/v1/\":{\"username\":\"u\",\"password\":\"p\"},\"*.acme.io:5000/a\":{\"identitytoken\":\"t\"}},\"credsStore\":\"pass\",\"credHelpers\":{\"quay.io\":\"x\"}}",
        "{\"auths\":{\"ghcr.io\":{\"registrytoken\":\"t\",\"auth\":1}}}",
    })
    @FuzzTest
    void aConfigJsonIsReadWhateverItHolds(byte[] data) {
        read(data, DockerConfig.Form.CONFIG_JSON);
    }

    @Seeds("{\"ghcr.io\":{\"auth\":\"dXNlcjpwYXNzd29yZA==\"}}")
    @FuzzTest
    void aDockercfgIsReadWhateverItHolds(byte[] data) {
        read(data, DockerConfig.Form.DOCKERCFG);
    }

    private static void read(byte[] data, DockerConfig.Form form) {
        DockerConfig config = DockerConfig.parse(data, form, SOURCE, Limits.defaults());

        config.find(REFERENCE)
                .ifPresent(entry -> assertThat(entry.path().covers(REFERENCE)).isTrue());
        assertThat(config.problems())
                .allSatisfy(problem -> assertThat(problem).startsWith(SOURCE).hasSizeLessThan(300));
    }

    @Seeds({"ghcr.io/acme", "https://index.docker.io/v1/", "*.a?b.example:443/x/y/", "[fd00::1]:5000", "http://a/v2"})
    @FuzzTest
    void aPathIsForNothingBelowAnotherHost(byte[] data) {
        path(Parsed.text(data)).ifPresent(path -> {
            if (path.covers(REFERENCE)) {
                assertThat(path.covers(ImageReference.parse("ghcr.io.evil.test/acme/api")))
                        .isFalse();
                assertThat(path.covers(ImageReference.parse("ghcr.io:8443/acme/api")))
                        .isFalse();
                assertThat(path.covers(ImageReference.parse("ghcr.io/acme/api/below")))
                        .isTrue();
            }
        });
    }

    private static Optional<RegistryPath> path(String text) {
        try {
            return Optional.of(RegistryPath.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Seeds({
        "credentials:\n  - path: ghcr.io/acme\n    namespaces: [shop, billing]\n    username: robot\n    password: secret\n",
        "credentials:\n- {path: r.test, namespaces: ['*'], dockerConfigFile: config.json}\n- {path: a, namespaces: [b], username: c, passwordFile: d}",
        "credentials:\n  credentials:\n  - path: ghcr.io/acme\n",
    })
    @FuzzTest
    void aCredentialsFileIsReadOrRefusedAsASetting(byte[] data) throws IOException {
        Path file = Files.write(folder.resolve("credentials.yaml"), data);
        try {
            assertThat(SettingsCredentialsFile.read(file, Limits.defaults())).isNotNull();
        } catch (Failure e) {
            assertThat(e.code()).isIn(Code.SETTING_INVALID, Code.LIMIT_EXCEEDED);
        }
    }
}
