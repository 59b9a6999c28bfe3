package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.app.Port;
import dev.landwaiter.app.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A command that ran in this process: its exit code, and what it printed. */
record Ran(int exit, String out, String err) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Runs {@code args} with no variables but {@code environment}. */
    static Ran with(Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.run(new Surroundings(environment, new PrintWriter(out), new PrintWriter(err)), List.of(args));
        return new Ran(exit, out.toString(), err.toString());
    }

    /** Runs {@code mode} with {@code arguments} read by picocli, whatever the mode is. */
    static Ran byPicocli(ProgramMode mode, List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(Map.of(), new PrintWriter(out), new PrintWriter(err));
        int exit = CommandLines.of(mode, surroundings).execute(mode, arguments);
        return new Ran(exit, out.toString(), err.toString());
    }

    /** Runs {@code args} with what reaches {@code port}'s registry. */
    static Ran on(Port port, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(port.flags());
        return with(Map.of(), all.toArray(String[]::new));
    }

    /** Its exit code, and all of what it printed on stderr. */
    void failed(int code, String message) {
        assertThat(err).isEqualTo(message + "\n");
        assertThat(exit).isEqualTo(code);
        assertThat(out).isEmpty();
    }

    JsonNode json() {
        try {
            return JSON.readTree(out);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + this, e);
        }
    }
}
