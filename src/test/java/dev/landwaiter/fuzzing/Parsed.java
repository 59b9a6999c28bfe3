package dev.landwaiter.fuzzing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/** What may come of data from outside: a value, or a {@link Failure} that says what is wrong with the data. Nothing else. */
public final class Parsed {
    /** A message that repeats more than so many characters of what came in is a way to fill logs and answers. */
    private static final int MESSAGE = 8_192;

    private Parsed() {}

    /** The value that {@code parser} gives; empty where it refuses in the way that it may. */
    public static <T> Optional<T> by(Supplier<T> parser) {
        try {
            return Optional.of(parser.get());
        } catch (Failure e) {
            assertThat(e.code()).isNotEqualTo(Code.INTERNAL_ERROR);
            assertThat(e.message()).isNotBlank().hasSizeLessThan(MESSAGE);
            return Optional.empty();
        }
    }

    /** As a reader of text files has it: what is not UTF-8 becomes U+FFFD. */
    public static String text(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }
}
