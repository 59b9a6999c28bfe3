package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The option files of the modes: the same as the launcher's, and what only an image knows. A container's command needs nothing but
 * {@code @/app/options/MODE.options} and the main class.
 *
 * @param folder of the source
 */
record OptionFiles(Path folder) {
    static final String MAIN = "dev.landwaiter.cli.Main";

    /** Of what they are, {@code webhook} and more. */
    List<String> modes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".options"))
                    .map(name -> name.substring(0, name.length() - ".options".length()))
                    .sorted()
                    .toList();
        }
    }

    /** The options of {@code mode} in the source, one for each. */
    List<String> options(String mode) throws IOException {
        return Files.readAllLines(file(mode)).stream()
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /**
     * The file of {@code mode} in the image.
     *
     * @param jars names of the files in the folder of libraries
     * @param cached whether there is an AOT cache
     */
    String inImage(String mode, List<String> jars, boolean cached) throws IOException {
        List<String> more = new ArrayList<>(surroundings("/", jars));
        if (cached) {
            more.add("-XX:AOTCache=/" + ImagePaths.CACHE);
        }
        return Files.readString(file(mode)) + "\n# What only the image knows.\n" + String.join("\n", more) + "\n";
    }

    /** Class path and libraries of an image whose root file system is at {@code root}, which ends with a slash. */
    static List<String> surroundings(String root, List<String> jars) {
        String classPath = Stream.concat(
                        Stream.of(ImagePaths.PROGRAM),
                        jars.stream().sorted().map(jar -> ImagePaths.LIBRARIES + "/" + jar))
                .map(path -> root + path)
                .collect(Collectors.joining(":"));
        return List.of(
                // these four would write to /tmp, of which there is none
                "-XX:-UsePerfData",
                "-Dvertx.disableFileCaching=true",
                "-Dvertx.disableFileCPResolving=true",
                "-Dio.netty.tmpdir=" + root + ImagePaths.APP,
                "-Djava.library.path=" + root + ImagePaths.NATIVES,
                "-cp",
                // each jar by its name: an AOT cache is bound to their order
                classPath);
    }

    private Path file(String mode) {
        return folder.resolve(mode + ".options");
    }
}
