package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsCredentialsTest {
    private static final Deadline SOON = Deadline.in(Duration.ofSeconds(10));

    @TempDir
    Path folder;

    @Test
    void anEntryIsForItsPathAndItsNamespacesAlone() throws IOException {
        write("password", "s3cret\n");
        SettingsCredentials credentials = read("""
                credentials:
                  - path: ghcr.io/acme
                    namespaces: [shop, billing]
                    username: robot
                    passwordFile: password
                  - path: "*.example.com"
                    namespaces: ["*"]
                    username: all
                    password: pw
                """);
        assertThat(find(credentials, "shop", "ghcr.io/acme/api"))
                .isEqualTo(new Credential.Basic("robot", "s3cret", "settings entry \"credentials[0]\""));
        assertThat(find(credentials, "billing", "ghcr.io/acme/api")).isInstanceOf(Credential.Basic.class);
        assertThat(find(credentials, "bank", "ghcr.io/acme/api")).isEqualTo(Credential.ANONYMOUS);
        assertThat(find(credentials, "", "ghcr.io/acme/api")).isEqualTo(Credential.ANONYMOUS);
        assertThat(find(credentials, "shop", "ghcr.io/other/api")).isEqualTo(Credential.ANONYMOUS);
        assertThat(find(credentials, "bank", "eu.example.com/x"))
                .isEqualTo(new Credential.Basic("all", "pw", "settings entry \"credentials[1]\""));
    }

    /** The page's example is what people copy. */
    @Test
    void theExampleOfThePageIsReadAsThePageSays() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "credentials.md"));
        int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
        write("ghcr.password", "s3cret\n");
        Path _ = Files.createDirectory(folder.resolve("ecr"));
        write(
                "ecr/config.json",
                "{\"auths\":{\"1.dkr.ecr.eu-central-1.amazonaws.com\":{\"username\":\"AWS\",\"password\":\"token\"}}}");

        SettingsCredentials credentials = read(page.substring(begin, page.indexOf("```", begin)));

        assertThat(find(credentials, "shop", "ghcr.io/acme/api"))
                .isEqualTo(new Credential.Basic("robot", "s3cret", "settings entry \"credentials[0]\""));
        assertThat(find(credentials, "shop", "ghcr.io/acme-labs/api")).isEqualTo(Credential.ANONYMOUS);
        assertThat(find(credentials, "bank", "ghcr.io/acme/api")).isEqualTo(Credential.ANONYMOUS);
        assertThat(find(credentials, "bank", "registry.example.com:5000/x"))
                .isEqualTo(new Credential.Basic("landwaiter", "0123-example", "settings entry \"credentials[1]\""));
        assertThat(find(credentials, "payments", "1.dkr.ecr.eu-central-1.amazonaws.com/x"))
                .isInstanceOf(Credential.Basic.class);
    }

    @Test
    void theLongestPathWins() throws IOException {
        SettingsCredentials credentials = read("""
                credentials:
                  - {path: ghcr.io, namespaces: ["*"], username: wide, password: pw}
                  - {path: ghcr.io/acme, namespaces: ["*"], username: narrow, password: pw}
                """);
        assertThat(find(credentials, "shop", "ghcr.io/acme/api"))
                .isEqualTo(new Credential.Basic("narrow", "pw", "settings entry \"credentials[1]\""));
    }

    @Test
    void aDockerConfigurationServesWithinThePathOfItsEntryOnly() throws IOException {
        write(
                "config.json",
                "{\"auths\":{\"ghcr.io\":{\"username\":\"a\",\"password\":\"b\"},\"quay.io\":{\"username\":\"c\",\"password\":\"d\"}}}");
        SettingsCredentials credentials = read("""
                credentials:
                  - {path: ghcr.io/acme, namespaces: [shop], dockerConfigFile: config.json}
                """);
        assertThat(find(credentials, "shop", "ghcr.io/acme/api"))
                .isEqualTo(new Credential.Basic("a", "b", "settings entry \"credentials[0]\" (\"config.json\")"));
        assertThat(find(credentials, "shop", "ghcr.io/other")).isEqualTo(Credential.ANONYMOUS);
        assertThat(find(credentials, "shop", "quay.io/x")).isEqualTo(Credential.ANONYMOUS);
    }

    @Test
    void allMistakesAreToldAtOnceAndNoSecretIs() throws IOException {
        String file = folder.resolve("credentials.yaml").toString();
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("""
                        registries: []
                        credentials:
                          - {path: ghcr.io, username: robot, password: hunter2}
                          - {namespaces: [shop], username: robot, password: hunter2}
                          - {path: "bad host", namespaces: [Shop], username: robot, password: hunter2}
                          - {path: ghcr.io, namespaces: [shop], username: robot}
                          - {path: ghcr.io, namespaces: [shop], username: robot, password: hunter2, dockerConfigFile: x}
                          - {path: ghcr.io, namespaces: [shop], username: robot, passwordFile: nowhere, pasword: hunter2}
                          - {path: ghcr.io, namespaces: [shop], username: robot, password: 1234}
                        """))
                .withMessage(
                        "Could not use credentials file \"" + file + "\": registries: it is not known;"
                                + " credentials[0].namespaces: it is not a list of namespaces (\"*\" for all);"
                                + " credentials[1].path: it is missing;"
                                + " credentials[2].path \"bad host\": it does not begin with the name of a host;"
                                + " credentials[2].namespaces \"Shop\": it is not the name of a namespace;"
                                + " credentials[3]: it has not exactly one of username with password or passwordFile, or dockerConfigFile;"
                                + " credentials[4]: it has not exactly one of username with password or passwordFile, or dockerConfigFile;"
                                + " credentials[5].pasword: it is not known;"
                                + " credentials[5].passwordFile \"" + folder.resolve("nowhere")
                                + "\": it cannot be read;"
                                + " credentials[6].password: it must be a string: put it in quotes;"
                                + " credentials[6]: it has not exactly one of username with password or passwordFile, or dockerConfigFile."
                                + " Each entry needs path, namespaces, and one of username with password or passwordFile, or dockerConfigFile.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.SETTING_INVALID));
    }

    @Test
    void aFileThatIsNoYamlIsToldByItsLineAlone() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("credentials:\n  - password: \"hunter2\n"))
                .withMessageMatching(
                        "Could not read credentials file \".*\": it is not well-formed YAML at line \\d+\\. Fix that line\\.");
    }

    @Tag("attack-66")
    @Test
    void anAliasIsThePasswordThatItsAnchorIsAt() throws IOException {
        SettingsCredentials credentials = read("""
                credentials:
                  - &robot {path: ghcr.io, namespaces: ["*"], username: robot, password: &pw s3cret}
                  - {<<: *robot, path: quay.io, password: *pw}
                """);

        assertThat(find(credentials, "shop", "quay.io/x"))
                .isEqualTo(new Credential.Basic("robot", "s3cret", "settings entry \"credentials[1]\""));
    }

    @Tag("attack-66")
    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "*hunter2 => it is not well-formed YAML at line 2. Fix that line.",
                "@hunter2 => it is not well-formed YAML at line 2. Fix that line.",
                "!hunter2 => not every reader of YAML takes what stands at line 2, column 15 for the same. Put it in double quotes.",
                "&hunt:er2 => not every reader of YAML takes what stands at line 2, column 15 for the same. Put it in double quotes.",
            })
    void aPasswordThatYamlTakesForSomethingElseIsNotShown(String password, String message) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("credentials:\n  - password: " + password + "\n"))
                .withMessage("Could not read credentials file \"%s\": %s", folder.resolve("credentials.yaml"), message)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.SETTING_INVALID));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "'a\n---\nb' => document 2: there is one document in such a file",
                "'[a]' => credentials: it is not a list"
            })
    void aFileOfAnotherShapeIsRefused(String yaml, String mistake) {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read(yaml.translateEscapes()))
                .withMessageContaining(mistake);
    }

    @Test
    void aFileThatIsTooLongIsNotRead() throws IOException {
        write("credentials.yaml", "credentials: []\n");
        Limits limits = Limits.of(Map.of(Limit.CREDENTIALS_FILE_BYTES, 15L));
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> SettingsCredentialsFile.read(folder.resolve("credentials.yaml"), limits))
                .withMessageContaining("it exceeds the limit 'credentials-file-bytes' of 15 bytes.");
    }

    @Test
    void aMissingFileIsUnreadable() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> SettingsCredentialsFile.read(Path.of("/nowhere.yaml"), Limits.defaults()))
                .withMessage(
                        "Could not read credentials file \"/nowhere.yaml\": NoSuchFileException. Check that it exists and may be read.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.FILE_UNREADABLE));
    }

    @Test
    void withoutEntriesThereIsNothing() {
        assertThat(SettingsCredentials.NONE.of("shop").find(ImageReference.parse("nginx"), SOON))
                .isEqualTo(Keychain.Found.anonymous(List.of()));
    }

    private SettingsCredentials read(String yaml) throws IOException {
        write("credentials.yaml", yaml);
        return SettingsCredentialsFile.read(folder.resolve("credentials.yaml"), Limits.defaults());
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private static Credential find(SettingsCredentials credentials, String namespace, String image) {
        return credentials.of(namespace).find(ImageReference.parse(image), SOON).credential();
    }
}
