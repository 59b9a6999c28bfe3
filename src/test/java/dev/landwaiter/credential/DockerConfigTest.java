package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {
    private static final String SOURCE = "secret \"shop/pull\"";

    @Test
    void readsEveryKindOfEntry() {
        DockerConfig config = parse("""
                {"auths": {
                  "a.example": {"auth": "%s"},
                  "b.example": {"username": "ann", "password": "pw"},
                  "c.example": {"auth": "%s", "identitytoken": "refresh-me"},
                  "d.example": {"registrytoken": "bear-me"},
                  "e.example": {"auth": "%s"},
                  "f.example": {}
                }}""".formatted(base64("ann:p:w:"), base64("ann:"), base64("<token>:refresh-too")));
        assertThat(find(config, "a.example/x")).contains(new Credential.Basic("ann", "p:w:", SOURCE));
        assertThat(find(config, "b.example/x")).contains(new Credential.Basic("ann", "pw", SOURCE));
        assertThat(find(config, "c.example/x")).contains(new Credential.RefreshToken("refresh-me", SOURCE));
        assertThat(find(config, "d.example/x")).contains(new Credential.Bearer("bear-me", SOURCE));
        assertThat(find(config, "e.example/x")).contains(new Credential.RefreshToken("refresh-too", SOURCE));
        assertThat(find(config, "f.example/x")).isEmpty();
        assertThat(config.problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"YW5uOnB3", "YW5uOnB3\\n", " YW5uOnB3 ", "YW5uOnB3AAA=", "YW5uOnB3AAA"})
    void readsAuthHoweverItIsPadded(String auth) {
        DockerConfig config = parse("{\"auths\":{\"a.example\":{\"auth\":\"" + auth + "\"}}}");
        assertThat(find(config, "a.example/x")).contains(new Credential.Basic("ann", "pw", SOURCE));
    }

    @Test
    void authWinsOverUsernameAndPassword() {
        DockerConfig config =
                parse("{\"auths\":{\"a.example\":{\"auth\":\"%s\",\"username\":\"x\",\"password\":\"y\"}}}"
                        .formatted(base64("ann:pw")));
        assertThat(find(config, "a.example/x")).contains(new Credential.Basic("ann", "pw", SOURCE));
    }

    @Test
    void readsTheOldForm() {
        String old =
                "{\"https://index.docker.io/v1/\":{\"auth\":\"%s\",\"email\":\"a@b.c\"}}".formatted(base64("ann:pw"));
        DockerConfig config = DockerConfig.parse(
                old.getBytes(StandardCharsets.UTF_8), DockerConfig.Form.DOCKERCFG, SOURCE, Limits.defaults());
        assertThat(find(config, "nginx")).contains(new Credential.Basic("ann", "pw", SOURCE));
    }

    @Test
    void theLongestPathWins() {
        DockerConfig config = parse("""
                {"auths": {
                  "ghcr.io": {"username": "all", "password": "pw"},
                  "ghcr.io/acme/api": {"username": "api", "password": "pw"},
                  "ghcr.io/acme": {"username": "acme", "password": "pw"}
                }}""");
        assertThat(find(config, "ghcr.io/acme/api")).contains(new Credential.Basic("api", "pw", SOURCE));
        assertThat(find(config, "ghcr.io/acme/web")).contains(new Credential.Basic("acme", "pw", SOURCE));
        assertThat(find(config, "ghcr.io/acme2/api")).contains(new Credential.Basic("all", "pw", SOURCE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a.example\":{\"auth\":\"!hunter2\"} | \"a.example\": its auth is not the base64 of user:password",
                "\"a.example\":{\"auth\":\"aHVudGVyMg==\"} | \"a.example\": its auth is not the base64 of user:password",
                "\"a.example\":{\"auth\":7} | \"a.example\": its auth is not a string",
                "\"a.example\":\"hunter2\" | \"a.example\": it is not an object",
                "\"a b\":{\"username\":\"ann\",\"password\":\"hunter2\"} | \"a b\": it does not begin with the name of a host",
            })
    void skipsAndNamesWhatIsMalformed(String entry, String problem) {
        DockerConfig config =
                parse("{\"auths\":{" + entry + ",\"b.example\":{\"username\":\"ann\",\"password\":\"pw\"}}}");
        assertThat(config.problems()).containsExactly(SOURCE + " has an unusable entry for " + problem);
        assertThat(find(config, "b.example/x")).contains(new Credential.Basic("ann", "pw", SOURCE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hunter2       | is not well-formed JSON",
                "''            | is not well-formed JSON",
                "{\"hunter2\"  | is not well-formed JSON",
                "{}            | has no auths",
                "[]            | has no auths",
                "\"hunter2\"   | has no auths",
                "{\"auths\":7} | has no auths",
            })
    void saysWhatIsWrongWithoutAWordOfTheContent(String content, String problem) {
        DockerConfig config = parse(content);
        assertThat(config.problems()).containsExactly(SOURCE + " " + problem);
        assertThat(config.entries()).isEmpty();
    }

    @Test
    void neverTellsASecret() {
        DockerConfig config = parse("{\"auths\":{\"a.example\":{\"username\":\"ann\",\"password\":\"hunter2\"}}}");
        assertThat(config.toString() + config.find(ImageReference.parse("a.example/x")))
                .doesNotContain("hunter2");
    }

    @Test
    void readsCredentialHelpers() {
        DockerConfig config = parse(
                "{\"credsStore\":\"pass\",\"credHelpers\":{\"GCR.io\":\"gcr\",\"https://index.docker.io/v1/\":\"hub\"}}");
        assertThat(config.store()).isEqualTo("pass");
        assertThat(config.helpers()).containsEntry("gcr.io", "gcr").containsEntry("docker.io", "hub");
        assertThat(config.problems()).isEmpty();
    }

    private static DockerConfig parse(String json) {
        return DockerConfig.parse(
                json.getBytes(StandardCharsets.UTF_8), DockerConfig.Form.CONFIG_JSON, SOURCE, Limits.defaults());
    }

    private static Optional<Credential> find(DockerConfig config, String image) {
        return config.find(ImageReference.parse(image)).map(DockerConfig.Entry::credential);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
