package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.app.Surroundings;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option of every verb that prints a result. */
final class PrintOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|yaml",
            converter = OutputText.class,
            description = "how the result is printed (default: text)")
    private Output output = Output.TEXT;

    Output output() {
        return output;
    }

    /** Prints {@code result}, for people as {@code text} says. */
    void print(Surroundings surroundings, JsonNode result, Supplier<String> text) {
        surroundings
                .out()
                .print(
                        switch (output) {
                            case TEXT -> text.get();
                            case JSON -> Output.json(result);
                            case YAML -> Output.yaml(result);
                        });
        surroundings.out().flush();
    }

    /** Reads the name of a form of output. */
    static final class OutputText implements ITypeConverter<Output> {
        @Override
        public Output convert(String text) {
            return switch (text) {
                case "text" -> Output.TEXT;
                case "json" -> Output.JSON;
                case "yaml" -> Output.YAML;
                default -> throw new TypeConversionException("expected text, json or yaml but was '" + text + "'");
            };
        }
    }
}
