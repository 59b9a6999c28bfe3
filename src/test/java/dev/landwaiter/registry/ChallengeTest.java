package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void aBearerChallengeHasItsParameters() {
        assertThat(
                        Challenge.parse(
                                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/nginx:pull\""))
                .containsExactly(new Challenge(
                        "bearer",
                        Map.of(
                                "realm", "https://auth.docker.io/token",
                                "service", "registry.docker.io",
                                "scope", "repository:library/nginx:pull")));
    }

    @Test
    void severalChallengesStandInOneHeader() {
        assertThat(Challenge.parse("Basic realm=\"a, b=c\", Bearer realm=\"https://r/\" , service=s,Negotiate"))
                .containsExactly(
                        new Challenge("basic", Map.of("realm", "a, b=c")),
                        new Challenge("bearer", Map.of("realm", "https://r/", "service", "s")),
                        new Challenge("negotiate", Map.of()));
    }

    @Test
    void aToken68IsSkipped() {
        assertThat(Challenge.parse("Negotiate YWJjZA==, Basic realm=x"))
                .extracting(Challenge::scheme)
                .containsExactly("negotiate", "basic");
    }

    @Test
    void quotedPairsAreUnquoted() {
        assertThat(Challenge.parse("Basic realm=\"say \\\"hi\\\" \\\\ there\"")
                        .getFirst()
                        .parameter("realm"))
                .isEqualTo("say \"hi\" \\ there");
    }

    @Test
    void schemesAndNamesAreCaseInsensitive() {
        assertThat(Challenge.parse("BEARER Realm=\"https://r/\"").getFirst())
                .isEqualTo(new Challenge("bearer", Map.of("realm", "https://r/")));
    }

    @Test
    void ofAParameterThatComesTwiceTheFirstCounts() {
        assertThat(Challenge.parse("Bearer realm=\"https://good/\",realm=\"https://bad/\"")
                        .getFirst()
                        .parameter("realm"))
                .isEqualTo("https://good/");
    }

    @Test
    void whatIsNotAChallengeIsNone() {
        for (String header : List.of("", " ", ",,,", "\"", "=", "=x", "\"Bearer\"")) {
            assertThat(Challenge.find(Challenge.parse(header), "bearer"))
                    .as(header)
                    .isEmpty();
        }
        assertThat(Challenge.parse("Bearer realm=\"unended").getFirst().parameter("realm"))
                .isEqualTo("unended");
    }

    @Test
    void noHeaderOfAnyLengthTakesLong() {
        for (String part : List.of("a", "a ", "a,", "=", "\"", "\\", "a=\"", "a=b,", "Bearer ", "a==")) {
            String header = part.repeat(32_000 / part.length());
            Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> assertThat(Challenge.parse(header)).hasSizeLessThanOrEqualTo(16));
        }
    }
}
