package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
    @ValueSource(
            strings = {
                "YW5uOnB3",
                "YW5uOnB3\\n",
                " YW5uOnB3 ",
                "YW5uOnB3AAA=",
                "YW5uOnB3AAA",
                "YW5u\\nOnB3\\r\\n",
                "Y W\\t5uOnB3"
            })
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
    @Tag("attack-70")
    @DisplayName("Attack 70: a registry that ends the connection at a large header does not look unreachable")
    @ValueSource(strings = {"registrytoken", "identitytoken", "password"})
    void aCredentialThatNoServerTakesIsNotShown(String field) {
        String entry = "{\"auths\":{\"a.example\":{\"username\":\"ann\",\"" + field + "\":\"%s\"}}}";
        assertThat(find(parse(entry.formatted("p".repeat(8 << 10))), "a.example/x")
                        .isPresent())
                .isEqualTo(!field.equals("password"));
        assertThat(find(parse(entry.formatted("p".repeat((8 << 10) - 3))), "a.example/x"))
                .isPresent();
        assertThat(parse(entry.formatted("p".repeat(1 + (8 << 10)))).problems())
                .containsExactly(
                        SOURCE
                                + " has an unusable entry for \"a.example\": it exceeds the limit 'credential-characters' of 8192 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2\\n", "hunter 2", "hunter\\u0100", "\\r\\nX-Other: hunter2"})
    void aTokenThatCannotStandInAHeaderIsNeverQuoted(String token) {
        DockerConfig config = parse("{\"auths\":{\"a.example\":{\"registrytoken\":\"" + token + "\"}}}");
        assertThat(config.problems())
                .containsExactly(
                        SOURCE
                                + " has an unusable entry for \"a.example\": its registrytoken has a character that no token has");
        assertThat(find(config, "a.example/x")).isEmpty();
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

    @Test
    @Tag("attack-59")
    @DisplayName("Attack 59: of a pull Secret of 90,000 broken entries one line is told")
    void aSecretOfVeryManyEntriesIsRefusedInOneLine() {
        DockerConfig config = parse(broken(90_000));
        assertThat(config.problems())
                .containsExactly(
                        SOURCE + " exceeds the limit 'credential-entries' of 1024 entries, so none of it is used");
        assertThat(config.entries()).isEmpty();
    }

    @Test
    @Tag("attack-59")
    @DisplayName("Attack 59: of a thousand broken entries three are told, and the rest are counted")
    void ofManyBrokenEntriesAFewAreTold() {
        DockerConfig config = parse(broken(1_024));
        assertThat(config.problems())
                .containsExactly(
                        SOURCE
                                + " has an unusable entry for \"r0.example\": its auth is not the base64 of user:password",
                        SOURCE
                                + " has an unusable entry for \"r1.example\": its auth is not the base64 of user:password",
                        SOURCE
                                + " has an unusable entry for \"r2.example\": its auth is not the base64 of user:password",
                        SOURCE + " has 1021 more unusable entries");
    }

    private static String broken(int entries) {
        return IntStream.range(0, entries)
                .mapToObj("\"r%d.example\":{\"auth\":\"!\"}"::formatted)
                .collect(Collectors.joining(",", "{\"auths\":{", "}}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auths\":{\"a.example\":{\"more\":[%s]}}}",
                "{\"auths\":{},\"more\":[%s]}",
                "{\"auths\":{\"a.example\":[%s]}}",
                "[%s]",
            })
    @Tag("attack-59")
    @DisplayName("Attack 59: what stands between the entries counts too")
    void whatNobodyReadsCountsToo(String json) {
        String filler = "{},".repeat(100_000) + "{}";
        assertThat(parse(json.formatted(filler)).problems())
                .containsExactly(
                        SOURCE + " exceeds the limit 'credential-entries' of 1024 entries, so none of it is used");
    }

    @Test
    void moreWildcardsThanAnybodyNeedsAreRefused() {
        String hosts = IntStream.range(0, 33)
                .mapToObj("\"*.r%d.example\":{\"username\":\"ann\",\"password\":\"pw\"}"::formatted)
                .collect(Collectors.joining(",", "{\"auths\":{", "}}"));
        assertThat(parse(hosts).problems())
                .containsExactly(
                        SOURCE + " exceeds the limit 'credential-patterns' of 32 patterns, so none of it is used");
    }

    /** Each took minutes: an expression looked for the end of a run from each of its places. */
    @ParameterizedTest
    @ValueSource(strings = {"\"a.example/x%1$s/y\":{\"auth\":\"YTpi\"}", "\"a.example\":{\"auth\":\"%2$s\"}"})
    @Timeout(5)
    void runsOfOneCharacterAreReadInLinearTime(String entry) {
        String slashes = "/".repeat(500_000);
        String zeros = base64("ann:p" + "\0".repeat(500_000) + "w");
        DockerConfig config = parse("{\"auths\":{" + entry.formatted(slashes, zeros) + "}}");
        assertThat(config.entries().size() + config.problems().size()).isEqualTo(1);
    }

    @Test
    void findsWhatAWalkThroughAllEntriesWouldFind() {
        List<String> hosts = List.of("a.example", "*.example", "?.example", "a.*", "a.example:5000", "*", "b.example");
        List<String> paths = List.of("", "/x", "/x/y", "/x/y/z", "/xy", "/v2/x");
        List<String> images = List.of(
                "a.example/x",
                "a.example/x/y/z/w",
                "b.example/x/y",
                "c.example/xy",
                "a.example:5000/x/y",
                "a.other/x",
                "r:5000/x",
                "localhost/x/y",
                "aa.example/x");
        Random random = new Random(59);
        for (int round = 0; round < 300; round++) {
            List<DockerConfig.Entry> entries = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                String key = hosts.get(random.nextInt(hosts.size())) + paths.get(random.nextInt(paths.size()));
                entries.add(new DockerConfig.Entry(
                        RegistryPath.parse(key), new Credential.Bearer(key + entries.size(), SOURCE)));
            }
            DockerConfig config = new DockerConfig(SOURCE, entries, List.of(), "", Map.of());
            List<DockerConfig.Entry> sorted = entries.stream()
                    .sorted((a, b) -> RegistryPath.MOST_SPECIFIC_FIRST.compare(a.path(), b.path()))
                    .toList();
            for (String image : images) {
                ImageReference reference = ImageReference.parse(image);
                RegistryPath expected = sorted.stream()
                        .map(DockerConfig.Entry::path)
                        .filter(path -> path.covers(reference))
                        .findFirst()
                        .orElse(null);
                Optional<DockerConfig.Entry> found = config.find(reference);
                assertThat(found.map(entry -> RegistryPath.MOST_SPECIFIC_FIRST.compare(entry.path(), expected)))
                        .as("%s in %s", image, entries)
                        .isEqualTo(expected == null ? Optional.empty() : Optional.of(0));
                found.ifPresent(
                        entry -> assertThat(entry.path().covers(reference)).isTrue());
            }
        }
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
