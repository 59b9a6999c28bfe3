package dev.landwaiter.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;

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
        return Objects.requireNonNull(System.console(), "there is one since Java 22").isTerminal()
                && !environment.containsKey("NO_COLOR")
                && !"dumb".equals(environment.get("TERM"));
    }
}
