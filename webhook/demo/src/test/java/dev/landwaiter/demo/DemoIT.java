package dev.landwaiter.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return DemoMain.run(new Surroundings(Map.of(), new PrintWriter(out), new PrintWriter(err)), List.of(args));
    }

    @Test
    void allScenesArePlayed() {
        int exit = run("--once");

        assertThat(out.toString())
                .contains("All 15 outcomes were the expected ones.")
                .doesNotContain("NOT AS EXPECTED");
        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
    }

    @Test
    void eachRefusedImageSaysWhyBesideItsOutcome() {
        int exit = run("--once");

        assertThat(out.toString().lines().filter(line -> line.contains(" rejected")))
                .hasSize(7)
                .allMatch(line -> line.matches(" +outcome +rejected because of [A-Z]+_[A-Z_]+"));
        assertThat(exit).isZero();
    }

    /** {@code -Dgolden.update=true} writes it anew. */
    @Test
    void helpIsAsRecorded() throws IOException {
        int exit = run("--help");

        Path golden = Path.of("src", "test", "resources", "help", "demo.txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, out.toString());
        }
        assertThat(out.toString()).isEqualTo(Files.readString(golden));
        assertThat(exit).isZero();
    }

    @Test
    void whatIsNoOptionIsNamed() {
        int exit = run("--port", "many");

        assertThat(err.toString())
                .isEqualTo(
                        "Could not understand the command: Invalid value for option '--port': 'many' is not an int.\nSee './landwaiter demo --help'.\n");
        assertThat(exit).isEqualTo(64);
    }

    @Test
    void aLevelThatThereIsNotIsNamed() {
        int exit = run("--once", "--log-level", "loud");

        assertThat(err.toString()).contains("--log-level", "\"loud\"", "SETTING_INVALID");
        assertThat(exit).isEqualTo(64);
    }
}
