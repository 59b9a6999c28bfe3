package dev.landwaiter.cli;

import dev.landwaiter.app.Colour;
import dev.landwaiter.lint.Severity;
import java.util.Locale;

/** How findings of a severity are printed. */
final class SeverityText {
    private SeverityText() {}

    /** {@code warning}. */
    static String name(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }

    /** In its colour, and as wide as the longest. */
    static String padded(Severity severity, Colour colour) {
        String padded = "%-7s".formatted(name(severity));
        return switch (severity) {
            case ERROR -> colour.red(padded);
            case WARNING -> colour.yellow(padded);
            case INFO -> colour.cyan(padded);
        };
    }

    /** {@code 1 error}, {@code 2 errors}. */
    static String counted(long count, String word) {
        return count + " " + word + (count == 1 ? "" : "s");
    }
}
