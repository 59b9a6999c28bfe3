package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunModeTest {
    private static final List<String> MODES = List.of("webhook", "controller", "plan");

    private static RunMode of(String variable, String... arguments) {
        return RunMode.of(
                List.of(arguments), variable.isEmpty() ? Map.of() : Map.of("LANDWAITER_MODE", variable), MODES);
    }

    @Test
    void theFirstArgumentCountsMost() {
        assertThat(of("controller", "plan", "-f", "webhook"))
                .isEqualTo(new RunMode.Known("plan", List.of("-f", "webhook")));
    }

    @Test
    void elseTheVariableCounts() {
        assertThat(of("controller")).isEqualTo(new RunMode.Known("controller", List.of()));
        assertThat(of("controller", "--listen", "x:1"))
                .isEqualTo(new RunMode.Known("controller", List.of("--listen", "x:1")));
    }

    @Test
    void elseItIsTheWebhook() {
        assertThat(of("")).isEqualTo(new RunMode.Known("webhook", List.of()));
        assertThat(of("", "--listen", "x:1")).isEqualTo(new RunMode.Known("webhook", List.of("--listen", "x:1")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help", "-V", "--version", "help", "convert", "Webhook", " webhook", ""})
    void whatAsksForNoModeIsForWhoeverKnowsAll(String word) {
        assertThat(of("webhook", word, "x")).isEqualTo(new RunMode.General(List.of(word, "x")));
    }

    @Test
    void aVariableThatNamesNoModeIsToldWithThoseThereAre() {
        assertThat(of("convert", "--listen", "x:1"))
                .isEqualTo(
                        new RunMode.Unknown(
                                "Could not start: LANDWAITER_MODE is \"convert\", which is not a command. Set it to one of webhook, controller, plan, or unset it. (SETTING_INVALID)"));
    }
}
