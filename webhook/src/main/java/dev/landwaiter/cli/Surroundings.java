package dev.landwaiter.cli;

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
    boolean colours() {
        return System.console() != null
                && System.console().isTerminal()
                && !environment.containsKey("NO_COLOR")
                && !"dumb".equals(environment.get("TERM"));
    }
}
