package dev.landwaiter.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command meets around it.
 *
 * @param environment variables by name
 * @param out where results go
 * @param err where everything else goes
 */
record Surroundings(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Whether {@code out} is read by a person on a terminal that shows colours. */
    @SuppressWarnings("SystemConsoleNull") // it is null where neither end is a terminal, whatever the check believes
    boolean colours() {
        Console console = System.console();
        return console != null
                && console.isTerminal()
                && !environment.containsKey("NO_COLOR")
                && !"dumb".equals(environment.get("TERM"));
    }
}
