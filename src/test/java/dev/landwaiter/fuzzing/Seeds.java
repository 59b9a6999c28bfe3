package dev.landwaiter.fuzzing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * The inputs that a fuzz target starts from, beside those that Jazzer found and that are kept as files in
 * {@code <test class>Inputs/<method>/}. A good seed is well-formed: from it mutations reach further than from nothing.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(SeedArguments.class)
@ExtendWith(MutatedSeeds.class)
public @interface Seeds {
    /** Texts, in UTF-8. */
    String[] value() default {};

    /** Files among the test resources, by their paths from the root of the class path; {@code admission/*}{@code /review.json}. */
    String[] resources() default {};
}
