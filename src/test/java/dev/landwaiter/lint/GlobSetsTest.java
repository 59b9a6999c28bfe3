package dev.landwaiter.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.policy.ImageGlob;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobSetsTest {
    private static List<ImageGlob> globs(String texts) {
        return Arrays.stream(texts.split(" ", -1)).map(ImageGlob::new).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "**",
                "*/**",
                "docker.io/*/*",
                "localhost/x",
                "localhost:5*/x",
                "*.io/a**z",
                "ghcr.io/a_b/c.d-e",
                "[::1]:5000/a",
                "**/api"
            })
    void theExampleOfAGlobIsAnImageThatItMatches(String text) {
        ImageGlob glob = new ImageGlob(text);
        String name = GlobSets.example(glob).orElseThrow();

        assertThat(ImageReference.parse(name).name()).isEqualTo(name);
        assertThat(glob.matches(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "nginx",
                "library/nginx",
                "docker.io/*",
                "localhost",
                "ghcr.io//x",
                "ghcr.io/x/",
                "ghcr.io/X",
                "ghcr.io/a b",
                "ghcr.io/-a",
                "registry-1.docker.io/**"
            })
    void aGlobThatMatchesNoImageHasNoExample(String text) {
        assertThat(GlobSets.example(new ImageGlob(text))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "**, ghcr.io/**, true",
        "*/**, **, true",
        "docker.io/*/**, docker.io/**, true",
        "docker.io/*/*, docker.io/**, false",
        "ghcr.io/acme/**, ghcr.io/acme/*, true",
        "ghcr.io/acme/*, ghcr.io/acme/**, false",
        "ghcr.io/acme/* ghcr.io/acme/*/**, ghcr.io/acme/**, true",
        "ghcr.io/a* ghcr.io/b*, ghcr.io/*, false",
        "ghcr.io/acme/**, ghcr.io/acmee/x, false",
        "ghcr.io/**, nginx, false"
    })
    void whatGlobsCoverIsDecidedForEveryName(String wide, String narrow, boolean covered) {
        assertThat(GlobSets.cover(globs(wide), new ImageGlob(narrow))).isEqualTo(covered);
    }

    @Test
    void globsThatHaveANameInCommonMeet() {
        assertThat(GlobSets.meet(new ImageGlob("ghcr.io/*/api"), new ImageGlob("ghcr.io/acme/**")))
                .isTrue();
        assertThat(GlobSets.meet(new ImageGlob("ghcr.io/*/api"), new ImageGlob("ghcr.io/acme/web")))
                .isFalse();
    }

    @Test
    void globsOfManyStarsAreGivenUpOnRatherThanWaitedFor() {
        ImageGlob stars = new ImageGlob("**a*b**c*d**e*f**g*h**i*j**k*l**");

        assertThat(GlobSets.cover(List.of(stars), new ImageGlob("**l*k**j*i**h*g**f*e**d*c**b*a**")))
                .isFalse();
    }
}
