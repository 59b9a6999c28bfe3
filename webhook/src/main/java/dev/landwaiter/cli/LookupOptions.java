package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.settings.GoDuration;
import java.time.Duration;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of every verb that looks something up and prints it. */
final class LookupOptions {
    @Mixin
    private final PrintOptions print = new PrintOptions();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationText.class,
            description = "how long it may take, for instance 10s (default: 30s)")
    private Duration timeout = Duration.ofSeconds(30);

    Output output() {
        return print.output();
    }

    Deadline deadline() {
        return Deadline.in(timeout);
    }

    /** Prints {@code result}, for people as {@code text} says. */
    void print(Surroundings surroundings, JsonNode result, Supplier<String> text) {
        print.print(surroundings, result, text);
    }

    /** Reads a duration as settings write it. */
    static final class DurationText implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return GoDuration.find(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "expected a duration such as 10s or 500ms but was '" + text + "'"));
        }
    }
}
