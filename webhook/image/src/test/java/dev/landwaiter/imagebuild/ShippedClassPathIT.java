package dev.landwaiter.imagebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What builds the image is no part of it: neither this module nor Jib is on the class path that is shipped. */
class ShippedClassPathIT {
    private static final Path SHIPPED = Path.of("..", "target", "app", "lib");

    @Test
    void neitherThisModuleNorItsLibrariesAreShipped() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            List<String> jars = files.map(file -> file.getFileName().toString()).toList();
            assertThat(jars)
                    .isNotEmpty()
                    .noneMatch(
                            jar -> jar.matches(
                                    "(landwaiter-(image|demo)|jib-|commons-compress|commons-logging|jcl-over-slf4j|google-|httpc).*"));
        }
    }
}
