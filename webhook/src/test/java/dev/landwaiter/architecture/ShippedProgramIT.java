package dev.landwaiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped is the program's jar and its lib folder, and neither holds anything that signs images or plays a registry. */
class ShippedProgramIT {
    private static final Path TARGET = Path.of("target");

    @Test
    void noTestAuthorityIsShipped() throws IOException {
        List<String> suspects = new ArrayList<>();
        int ours = 0;
        for (Path jar : jars()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                List<String> names = file.stream().map(entry -> entry.getName()).toList();
                ours += names.stream().anyMatch(name -> name.startsWith("dev/landwaiter/")) ? 1 : 0;
                names.stream()
                        .filter(name -> name.startsWith("dev/landwaiter/testregistry/")
                                || name.startsWith("dev/landwaiter/demo/")
                                || name.startsWith("org/junit/"))
                        .forEach(name -> suspects.add(jar.getFileName() + ": " + name));
            }
        }

        assertThat(suspects).isEmpty();
        assertThat(ours).as("jars of ours: core, certificates, program").isEqualTo(3);
    }

    private static List<Path> jars() throws IOException {
        List<Path> jars = new ArrayList<>();
        try (Stream<Path> built = Files.list(TARGET);
                Stream<Path> libraries = Files.list(TARGET.resolve("app/lib"))) {
            built.filter(file -> file.getFileName().toString().matches("landwaiter-webhook-.*\\.jar"))
                    .forEach(jars::add);
            libraries.forEach(jars::add);
        }
        return jars;
    }
}
