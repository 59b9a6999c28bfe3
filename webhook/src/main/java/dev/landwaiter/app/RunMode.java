package dev.landwaiter.app;

import dev.landwaiter.failure.Code;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What the process is asked to run as: what its first argument says, else what {@code LANDWAITER_MODE} says, else the webhook. */
public sealed interface RunMode {
    String VARIABLE = "LANDWAITER_MODE";
    String BY_DEFAULT = "webhook";

    /**
     * A mode that there is.
     *
     * @param arguments of that mode, without its name
     */
    record Known(String mode, List<String> arguments) implements RunMode {
        public Known {
            arguments = List.copyOf(arguments);
        }
    }

    /** A question about the program, such as {@code --help}, or a first word that is no mode: answered by whoever knows all of them. */
    record General(List<String> words) implements RunMode {
        public General {
            words = List.copyOf(words);
        }
    }

    /**
     * The variable names a mode that there is not.
     *
     * @param message which ones there are
     */
    record Unknown(String message) implements RunMode {}

    /**
     * The mode that {@code arguments} and {@code environment} ask for.
     *
     * @param modes that there are
     */
    static RunMode of(List<String> arguments, Map<String, String> environment, Collection<String> modes) {
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (modes.contains(first)) {
            return new Known(first, arguments.subList(1, arguments.size()));
        }
        if (!arguments.isEmpty() && (!first.startsWith("-") || isGeneral(first))) {
            return new General(arguments);
        }
        String named = environment.getOrDefault(VARIABLE, "");
        if (named.isEmpty()) {
            return new Known(BY_DEFAULT, arguments);
        }
        return modes.contains(named)
                ? new Known(named, arguments)
                : new Unknown(
                        "Could not start: %s is \"%s\", which is not a command. Set it to one of %s, or unset it. (%s)"
                                .formatted(VARIABLE, named, String.join(", ", modes), Code.SETTING_INVALID));
    }

    private static boolean isGeneral(String argument) {
        return List.of("-h", "--help", "-V", "--version").contains(argument);
    }
}
