package dev.landwaiter.app;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a run of the program meets around it.
 *
 * @param environment variables by name
 * @param out where results go
 * @param err where everything else goes
 */
public record Surroundings(Map<String, String> environment, PrintWriter out, PrintWriter err) {
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** What marks words of {@code out}: nothing, where nobody reads it on a terminal that shows colours. */
    public Colour colour() {
        return new Colour(isColoured());
    }

    @SuppressWarnings("SystemConsoleNull") // it is null where neither end is a terminal, whatever the check believes
    private boolean isColoured() {
        Console console = System.console();
        return console != null
                && console.isTerminal()
                && !environment.containsKey("NO_COLOR")
                && !"dumb".equals(environment.get("TERM"));
    }
}
