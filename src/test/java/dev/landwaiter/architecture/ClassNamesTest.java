package dev.landwaiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever reads a class's name knows which class it is: no two of the product's top-level classes have the same one. */
class ClassNamesTest {
    /** Each module's, seen from the core's folder. */
    private static final List<Path> SOURCES = Stream.of(
                    "main", "../certs/src/main", "../webhook/src/main", "../webhook/demo/src/main")
            .map(one -> Path.of(one, "java"))
            .toList();

    @Test
    void noSimpleNameIsThereTwice() throws IOException {
        Map<String, List<Path>> byName = new TreeMap<>();
        for (Path sources : SOURCES) {
            assertThat(sources).isDirectory();
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                        .forEach(file -> byName.computeIfAbsent(
                                        String.valueOf(file.getFileName()), _ -> new ArrayList<>())
                                .add(file));
            }
        }
        byName.values().removeIf(files -> files.size() == 1);

        assertThat(byName).isEmpty();
    }
}
