package dev.landwaiter.fuzzing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The bytes that {@link Seeds} names. */
final class SeedArguments extends AnnotationBasedArgumentsProvider<Seeds> {
    @Override
    protected Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context, Seeds seeds) {
        Stream<Arguments> texts = Arrays.stream(seeds.value())
                .map(text -> seed("\"" + text + "\"", text.getBytes(StandardCharsets.UTF_8)));
        Stream<Arguments> files = Arrays.stream(seeds.resources())
                .flatMap(name -> files(context.getRequiredTestClass(), name))
                .map(file -> seed(String.valueOf(file.getFileName()), content(file)));
        return Stream.concat(texts, files);
    }

    private static Arguments seed(String name, byte[] content) {
        return Arguments.of(Named.of(name, content));
    }

    /** Of {@code name}, whose {@code *} stands for any folder or part of a file's name. */
    private static Stream<Path> files(Class<?> test, String name) {
        int star = name.indexOf('*');
        Path start = resource(test, star < 0 ? name : name.substring(0, name.lastIndexOf('/', star)));
        if (star < 0) {
            return Stream.of(start);
        }
        PathMatcher matcher = start.getFileSystem().getPathMatcher("glob:**/" + name);
        try (Stream<Path> found = Files.walk(start)) {
            return found.filter(Files::isRegularFile).filter(matcher::matches).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path resource(Class<?> test, String name) {
        URL url = Objects.requireNonNull(test.getResource("/" + name), () -> "there is no test resource " + name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
