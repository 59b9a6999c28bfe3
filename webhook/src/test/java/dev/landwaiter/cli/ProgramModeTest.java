package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProgramModeTest {
    @Test
    void everyWordNamesItsRow() {
        for (ProgramMode mode : ProgramMode.ALL) {
            assertThat(ProgramMode.of(mode.word())).isEqualTo(mode);
            assertThat(ProgramMode.words()).containsOnlyOnce(mode.word());
        }
        assertThat(ProgramMode.words()).startsWith("webhook").doesNotContain("help");
    }

    /** A misspelt file would be passed over in silence, and its mode run with the options of short commands. */
    @Test
    void everyOptionFileIsThatOfAModeOrOfAllOthers() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("src", "main", "options"))) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".options", "")))
                    .allMatch(name -> name.equals("cli") || ProgramMode.words().contains(name));
        }
    }

    @Test
    void everyServiceHasAnOptionFileOfItsOwn() {
        for (ProgramMode mode : ProgramMode.ALL) {
            if (mode.service().isPresent()) {
                assertThat(Path.of("src", "main", "options", mode.word() + ".options"))
                        .exists();
            }
        }
    }
}
