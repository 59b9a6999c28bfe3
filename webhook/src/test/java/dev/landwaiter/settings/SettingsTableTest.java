package dev.landwaiter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
    /** Surefire runs in the module's folder. */
    private static final Path PAGE = Path.of("..", "docs", "settings.md");

    @Test
    void thePageInTheDocumentationIsThatOfTheSettings() throws IOException {
        String page = SettingsTable.markdown();
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(PAGE.resolveSibling("."));
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).as("run with -Dgolden.update=true to write it anew").hasContent(page);
    }
}
