package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The option files: read by the launcher, which knows only lines, and by {@code java @file}, which knows quotes and spaces too. */
class OptionFilesTest {
    private static final Path FOLDER = Path.of("src", "main", "options");
    private static final List<String> COMMON = List.of(
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dfile.encoding=UTF-8");

    @Test
    void bothReadersReadTheSame() throws IOException {
        for (Path file : files()) {
            assertThat(options(file))
                    .as("%s: one option a line, nothing that only one reader would understand", file)
                    .isNotEmpty()
                    .allMatch(line -> line.matches("-[^\\s\"'\\\\#@]+"));
        }
    }

    @Test
    void everyModeHasTheObjectHeadersOfTheAotCache() throws IOException {
        for (Path file : files()) {
            assertThat(options(file)).as("%s", file).containsAll(COMMON);
        }
    }

    @Test
    void theLauncherTakesTheModesFileAndElseTheOneOfShortRuns() throws IOException {
        for (String mode : List.of("webhook", "controller")) {
            assertThat(Program.launcherOptions(mode)).isEqualTo(options(FOLDER.resolve(mode + ".options")));
        }
        for (String mode : List.of("plan", "no-such-mode", "../options/webhook", "")) {
            assertThat(Program.launcherOptions(mode)).as(mode).isEqualTo(options(FOLDER.resolve("cli.options")));
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    private static List<String> options(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
