package dev.landwaiter.failure;

import java.util.List;

/**
 * What could be had of something that is gathered from several places, and why the rest could not: one place that fails does not take along
 * what the others gave.
 *
 * @param found in a fixed order
 * @param failures in the order of the places
 */
public record Partial<T>(List<T> found, List<Failure> failures) {
    public Partial {
        found = List.copyOf(found);
        failures = List.copyOf(failures);
    }

    /** Nothing is there. */
    public static <T> Partial<T> nothing() {
        return new Partial<>(List.of(), List.of());
    }

    /** Nothing, because of {@code failure}. */
    public static <T> Partial<T> failed(Failure failure) {
        return new Partial<>(List.of(), List.of(failure));
    }
}
