package dev.landwaiter.app;

import dev.landwaiter.failure.Code;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What the process runs as: what its first argument says, else what {@code LANDWAITER_MODE} says, else the webhook. */
public sealed interface RunMode {
    String VARIABLE = "LANDWAITER_MODE";

    /**
     * There is such a one.
     *
     * @param words the mode, and its arguments
     */
    record Known(List<String> words) implements RunMode {
        public Known {
            words = List.copyOf(words);
        }
    }

    /** Nobody said anything. */
    record Unsaid() implements RunMode {}

    /**
     * There is none of that name.
     *
     * @param message which ones there are
     */
    record Unknown(String message) implements RunMode {}

    /**
     * The mode that {@code arguments} and {@code environment} ask for. A first argument that is no mode is for whoever reads arguments to refuse.
     *
     * @param modes that there are
     */
    static RunMode of(List<String> arguments, Map<String, String> environment, Collection<String> modes) {
        if (!arguments.isEmpty() && (!arguments.getFirst().startsWith("-") || isHelp(arguments.getFirst()))) {
            return new Known(arguments);
        }
        String said = environment.getOrDefault(VARIABLE, "");
        if (said.isEmpty() && arguments.isEmpty()) {
            return new Unsaid();
        }
        if (!said.isEmpty() && !modes.contains(said)) {
            return new Unknown(
                    "Could not start: %s is \"%s\", which is not a command. Set it to one of %s, or unset it. (%s)"
                            .formatted(VARIABLE, said, String.join(", ", modes), Code.SETTING_INVALID));
        }
        List<String> words = new ArrayList<>(List.of(said.isEmpty() ? "webhook" : said));
        words.addAll(arguments);
        return new Known(words);
    }

    private static boolean isHelp(String argument) {
        return List.of("-h", "--help", "-V", "--version").contains(argument);
    }
}
