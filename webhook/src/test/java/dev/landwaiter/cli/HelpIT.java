package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help as people read it, verb by verb; {@code -Dgolden.update=true} writes it anew. */
class HelpIT {
    private static final Path FOLDER = Path.of("src", "test", "resources", "help");
    private static final int WIDTH = 120;

    private static Ran help(String... args) {
        return Ran.with(Map.of("COLUMNS", String.valueOf(WIDTH)), args);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "landwaiter",
                "webhook",
                "controller",
                "plan",
                "verify",
                "resolve",
                "inspect",
                "policy",
                "policy lint",
                "policy test",
                "policy import",
                "doctor"
            })
    void helpIsAsRecorded(String verb) throws IOException {
        Ran ran = help((verb.equals("landwaiter") ? "--help" : verb + " --help").split(" ", -1));

        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines()).allMatch(line -> line.length() <= WIDTH);
        Path golden = FOLDER.resolve(verb.replace(' ', '-') + ".txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, ran.out());
        }
        assertThat(ran.out()).isEqualTo(Files.readString(golden));
    }

    @Test
    void theWebhooksHelpNamesEverySettingButTheControllers() {
        assertThat(help("webhook", "--help").out()).contains(flags(false)).doesNotContain(flags(true));
        assertThat(help("controller", "--help").out()).contains(flags(true));
    }

    private static List<String> flags(boolean ofTheController) {
        return SettingRows.ALL.stream()
                .filter(setting -> (setting.group() == Setting.Group.CONTROLLER) == ofTheController)
                .map(setting -> "  " + setting.flag())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "verify", "policy test", "resolve", "inspect"})
    void aVerbsHelpNamesTheSettingsThatMatterToIt(String verb) {
        String help = help((verb + " --help").split(" ", -1)).out();
        boolean decides = !List.of("resolve", "inspect").contains(verb);
        List<Setting<?>> ofCluster = List.of(SettingRows.KUBECONFIG, SettingRows.OWN_NAMESPACE);
        for (Setting<?> setting : SettingRows.ALL) {
            boolean offered = !List.of(
                                    Setting.Group.SERVER,
                                    Setting.Group.MANAGEMENT,
                                    Setting.Group.CERTIFICATES,
                                    Setting.Group.CONTROLLER,
                                    Setting.Group.CALLERS,
                                    Setting.Group.CLUSTER,
                                    Setting.Group.TRUST)
                            .contains(setting.group())
                    || (decides && ofCluster.contains(setting));
            assertThat(help.contains("  " + setting.flag() + "="))
                    .as(setting.flag())
                    .isEqualTo(offered);
        }
    }

    @Test
    void helpOfAVerbIsTheSameEitherWay() {
        assertThat(help("help", "plan").out()).isEqualTo(help("plan", "--help").out());
    }
}
