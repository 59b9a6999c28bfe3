package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageGlobTest {
    @ParameterizedTest
    @CsvSource({
        "docker.io/library/nginx, docker.io/library/nginx, true",
        "index.docker.io/library/*, docker.io/library/nginx, true",
        "ghcr.io/acme/*, ghcr.io/acme/api, true",
        "ghcr.io/acme/*, ghcr.io/acme/team/api, false",
        "ghcr.io/acme/**, ghcr.io/acme/team/api, true",
        "ghcr.io/**, ghcr.io/acme/team/api, true",
        "**, anything/at/all, true",
        "*, docker.io/library/nginx, false",
        "ghcr.io/*/api, ghcr.io/acme/api, true",
        "ghcr.io/*/api, ghcr.io/acme/api2, false",
        "ghcr.io/**/api, ghcr.io/a/b/c/api, true",
        "ghcr.io/**/api, ghcr.io/a/b/c/apix, false",
        "ghcr.io/a*c/x, ghcr.io/abbbc/x, true",
        "ghcr.io/a*c/x, ghcr.io/abbbd/x, false",
        "**/*, ghcr.io/a/b, true",
        "ghcr.io/**a*/z, ghcr.io/xa/yab/z, true",
        "localhost:5000/*, localhost:5000/i, true",
        "[fd00::5]:5000/*, [fd00::5]:5000/i, true",
        "[FD00:0::5]:5000/*, [fd00::5]:5000/i, true",
        "[fd00:0:0:0:0:0:0:5]/**, [fd00::5]/a/b, true",
        "[::ffff:10.0.0.5]:5000/*, 10.0.0.5:5000/i, true",
        "[fd00:*]:5000/*, [fd00::5]:5000/i, true",
        "[fd00::5, [fd00::5]/i, false",
        "ghcr.io/acme/api?, ghcr.io/acme/apix, false"
    })
    void matchesTheWholeName(String glob, String name, boolean matches) {
        assertThat(new ImageGlob(glob).matches(name)).isEqualTo(matches);
    }

    @Test
    @Tag("attack-28")
    @DisplayName("Attack 28: a pattern never matches a part of a name")
    void isAnchored() {
        assertThat(new ImageGlob("ghcr.io/acme/*").matches("evil.io/ghcr.io/acme/api"))
                .isFalse();
        assertThat(new ImageGlob("ghcr.io/acme/api").matches("ghcr.io/acme/api-evil"))
                .isFalse();
        assertThat(new ImageGlob("*.io/acme/api").matches("evil.com/ghcr.io/acme/api"))
                .isFalse();
        assertThat(new ImageGlob("ghcr.io/acme*").matches("ghcr.io/acme/evil")).isFalse();
    }

    @Test
    void aHostilePatternCostsLittle() {
        String name = "ghcr.io/" + "a".repeat(240);
        assertThat(new ImageGlob("ghcr.io/" + "*a".repeat(120) + "b").matches(name))
                .isFalse();
        assertThat(new ImageGlob("**a".repeat(120) + "b").matches(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''              | it has 0 characters; 1 to 512 are allowed
                    ghcr.io/a:1     | globs match registry/repository, never a tag
                    ghcr.io/a@sha256:b | globs match registry/repository, never a digest
                    """)
    void saysWhatIsWrong(String glob, String why) {
        assertThatThrownBy(() -> new ImageGlob(glob))
                .hasMessage("Could not read glob \"%s\": %s. Expected for instance ghcr.io/acme/* or ghcr.io/**."
                        .formatted(glob, why));
    }
}
