package dev.landwaiter.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.landwaiter.image.ImageReference;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryPathTest {
    @ParameterizedTest
    @CsvSource({
        "ghcr.io,                       ghcr.io/acme/api",
        "GHCR.io,                       ghcr.io/acme/api",
        "ghcr.io/,                      ghcr.io/acme/api",
        "ghcr.io:443,                   ghcr.io/acme/api",
        "https://ghcr.io,               ghcr.io/acme/api",
        "https://ghcr.io/v1/,           ghcr.io/acme/api",
        "https://ghcr.io/v2/,           ghcr.io/acme/api",
        "https://ghcr.io/v2,            ghcr.io/acme/api",
        "https://ghcr.io/v2/acme,       ghcr.io/acme/api",
        "http://ghcr.io,                ghcr.io/acme/api",
        "ghcr.io/acme,                  ghcr.io/acme/api",
        "ghcr.io/acme/,                 ghcr.io/acme/api",
        "ghcr.io/acme/api,              ghcr.io/acme/api",
        "localhost:5000,                localhost:5000/i",
        "localhost:5000/i,              localhost:5000/i:v1",
        "127.0.0.1:5000,                127.0.0.1:5000/i",
        "[::1]:5000,                    '[::1]:5000/i'",
        "registry,                      registry:443/i",
        "registry:443,                  REGISTRY/i",
        "docker.io,                     nginx",
        "index.docker.io,               nginx",
        "https://index.docker.io/v1/,   nginx",
        "registry-1.docker.io,          docker.io/acme/api",
        "docker.io/library,             nginx",
        "docker.io/acme,                acme/api",
        "*.example.com,                 eu.example.com/a",
        "*.*.example.com,               a.b.example.com/a",
        "eu-*.example.com,              eu-west.example.com/a",
        "r?.example.com,                r1.example.com/a",
        "*.example.com:5000/acme,       eu.example.com:5000/acme/api",
        "*,                             localhost/a",
    })
    void covers(String key, String image) {
        assertThat(RegistryPath.parse(key).covers(ImageReference.parse(image))).isTrue();
    }

    @ParameterizedTest
    @Tag("attack-41")
    @DisplayName("Attack 41: a credential's path is never a part of another host's name, nor of a segment")
    @CsvSource({
        "ghcr.io,            ghcr.io.evil.com/acme/api",
        "ghcr.io,            evil-ghcr.io/acme/api",
        "ghcr.io,            evil.com/ghcr.io/api",
        "ghcr.io,            ghcr.io:8443/acme/api",
        "ghcr.io:8443,       ghcr.io/acme/api",
        "ghcr.io/acme,       ghcr.io/acmeister/api",
        "ghcr.io/acme/api,   ghcr.io/acme/api2",
        "ghcr.io/acme/api,   ghcr.io/acme",
        "ghcr.io/acme,       ghcr.io/other/acme",
        "*.example.com,      example.com/a",
        "*.example.com,      a.b.example.com/a",
        "*.example.com,      eu.example.com.evil.com/a",
        "*.example.com,      example.com.evil/a",
        "*.example.com,      eu.example.com:5000/a",
        "*.azurecr.io,       evil.com/x.azurecr.io/a",
        "*,                  ghcr.io/acme/api",
        "docker.io,          docker.io.evil.com/a",
        "docker.io/acme,     docker.io/library/acme",
    })
    void isNeverForAnother(String key, String image) {
        assertThat(RegistryPath.parse(key).covers(ImageReference.parse(image))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'',                      it does not begin with the name of a host",
        "https://,                it does not begin with the name of a host",
        "exa mple.com,            it does not begin with the name of a host",
        "user:pw@example.com,     its port is not a number",
        "user@example.com,        it does not begin with the name of a host",
        "example..com,            it does not begin with the name of a host",
        "[a-z].example.com,       it does not begin with the name of a host",
        "example.com:port,        its port is not a number",
        "example.com:123456,      its port is not a number",
        "example.com/a//b,        its path is not one of a repository",
        "example.com/a?b=c,       its path is not one of a repository",
        "example.com/*,           its path is not one of a repository",
        "*.*.*.*.*.*.*.*.*,       it has more than 8 wildcards",
    })
    void isNotRead(String key, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryPath.parse(key))
                .withMessage(why);
    }

    @ParameterizedTest
    @CsvSource({
        "64,  1,  '',  it does not begin with the name of a host",
        "63,  4,  '',  it does not begin with the name of a host",
        "1,   1,  1024, it is longer than 1024 characters",
    })
    void isNotReadWhereNoImageIsSoLong(int label, int labels, String path, String why) {
        String host = String.join(".", Collections.nCopies(labels, "a".repeat(label)));
        String key = host + (path.isEmpty() ? "" : "/" + "x".repeat(Integer.parseInt(path)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegistryPath.parse(key))
                .withMessage(why);
    }

    @Test
    void aHostsPatternMatchesAsItsDefinitionSays() {
        Random random = new Random(59);
        for (int round = 0; round < 20_000; round++) {
            String pattern = word(random, "aab-*?");
            String host = word(random, "aab-");
            assertThat(new HostPattern(List.of(pattern, "example"), "").covers(host + ".example"))
                    .as("%s, %s", pattern, host)
                    .isEqualTo(host.matches(pattern.replace("?", ".").replace("*", ".*")));
        }
    }

    private static String word(Random random, String of) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(9) + 1; i > 0; i--) {
            word.append(of.charAt(random.nextInt(of.length())));
        }
        return word.toString();
    }

    @Test
    @Timeout(5)
    void aHostilePatternCostsLittle() {
        HostPattern pattern = new HostPattern(Collections.nCopies(3, "*a".repeat(31) + "b"), "");
        String host = String.join(".", Collections.nCopies(3, "a".repeat(63)));
        for (int i = 0; i < 100_000; i++) {
            assertThat(pattern.covers(host)).isFalse();
        }
    }

    @Test
    void theLongestPathComesFirstAndAWildcardLast() {
        assertThat(Stream.of("*.io", "ghcr.io", "*.io/acme", "ghcr.io/acme/api", "ghcr.io/acme")
                        .map(RegistryPath::parse)
                        .sorted(RegistryPath.MOST_SPECIFIC_FIRST)
                        .map(path -> String.join(".", path.labels()) + "/" + path.path()))
                .containsExactly("ghcr.io/acme/api", "ghcr.io/acme", "*.io/acme", "ghcr.io/", "*.io/");
    }
}
