package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an image is made from.
 *
 * @param program our own jar
 * @param libraries the jars besides it
 * @param options the option files
 * @param coordinates Maven coordinates of libraries, by file name
 * @param jdks for the platforms besides this machine's own: a folder with {@code jmods}
 * @param sysroots root file systems of platforms with their C library
 * @param revision which commit it was built from, and when that was made
 */
record Sources(
        Path program,
        List<Path> libraries,
        OptionFiles options,
        Map<String, Coordinates> coordinates,
        Map<Target, Path> jdks,
        Map<Target, Path> sysroots,
        Revision revision) {
    Sources {
        libraries = List.copyOf(libraries);
        coordinates = Map.copyOf(coordinates);
        jdks = Map.copyOf(jdks);
        sysroots = Map.copyOf(sysroots);
    }

    /** The jars in {@code folder}, sorted by name. */
    static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /** Our version, which the name of the core's jar says. */
    String version() {
        return libraries.stream()
                .map(jar -> jar.getFileName().toString())
                .filter(name -> name.startsWith("landwaiter-core-"))
                .map(name -> name.replaceAll("^landwaiter-core-|\\.jar$", ""))
                .findFirst()
                .orElseThrow(
                        () -> new BuildFailure(
                                "Could not tell the version: there is no landwaiter-core-….jar among the libraries. Build again by './landwaiter image'."));
    }

    /** The platforms to build for: this machine's, and those with a JDK of their own. */
    List<Target> targets() {
        Target own = Target.ofThisMachine();
        return Stream.concat(
                        Stream.of(own),
                        jdks.keySet().stream().filter(target -> target != own).sorted())
                .toList();
    }
}
