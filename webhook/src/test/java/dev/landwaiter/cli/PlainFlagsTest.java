package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.settings.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainFlagsTest {
    private static Optional<Map<String, List<String>>> read(String... arguments) {
        return PlainFlags.read(List.of(arguments), SettingGroups.webhookGroups());
    }

    @Test
    void flagsAreReadWithTheirValues() {
        assertThat(read("--listen", "x:1", "--limit", "policies=2", "--trust-network", "--limit=signatures=3"))
                .hasValue(Map.of(
                        "--listen", List.of("x:1"),
                        "--limit", List.of("policies=2", "signatures=3"),
                        "--trust-network", List.of("true")));
        assertThat(read("--trust-network")).hasValue(Map.of("--trust-network", List.of("true")));
        assertThat(read("--trust-network", "false")).hasValue(Map.of("--trust-network", List.of("false")));
        assertThat(read("--trust-network=false")).hasValue(Map.of("--trust-network", List.of("false")));
        assertThat(read()).hasValue(Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "--listen",
                "--listen=",
                "--no-such-flag x",
                "x",
                "--listen --tls-cert",
                "--listen @file",
                "--listen -1",
                "--listen 'x'",
                "--trust-network x y",
                "--listen x:1 --",
                "@file"
            })
    void everythingElseIsLeftToPicocli(String arguments) {
        assertThat(read(arguments.split(" ", -1))).isEmpty();
    }

    @Test
    void flagsOfOtherGroupsAreNotTaken() {
        assertThat(PlainFlags.read(List.of("--listen", "x:1"), List.of(Setting.Group.LOG)))
                .isEmpty();
    }

    /** What is read in the short way means what picocli reads of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--listen x --limit policies=0 --limit=signatures=x",
                "--trust-network=maybe --drain soon",
                "--trust-network --event-loops=many",
                "--log-level loud --log-level=silent --tag-ttl=\t"
            })
    void aMistakeIsToldInTheSameWordsEitherWay(String arguments) {
        List<String> words = List.of(arguments.split(" ", -1));
        assertThat(PlainFlags.read(words, SettingGroups.webhookGroups())).isPresent();
        Ran plain = Ran.with(Map.of(), arguments.split(" ", -1));

        assertThat(plain).isEqualTo(Ran.byPicocli(ProgramMode.of("webhook"), words));
        assertThat(plain.exit()).isEqualTo(64);
    }
}
