package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * The image's root file system, in a folder. All files are of one time, in the folder as in the layers: an AOT cache is refused where a jar's time is
 * not what it was in the training run.
 */
record ImageRoot(Path folder) {
    /** The one that jib-core gives files, too. */
    static final FileTime TIME = FileTime.fromMillis(1_000);

    void put(String path, byte[] content) throws IOException {
        Path file = place(path);
        Path _ = Files.write(file, content);
        Path _ = Files.setLastModifiedTime(file, TIME);
    }

    void put(String path, String content) throws IOException {
        put(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** What a link leads to is copied: layers hold files alone. */
    void put(String path, Path from) throws IOException {
        Path file = place(path);
        Path _ = Files.copy(from.toRealPath(), file, StandardCopyOption.REPLACE_EXISTING);
        Path _ = Files.setLastModifiedTime(file, TIME);
    }

    void put(String path, StoredJar jar) throws IOException {
        Path file = place(path);
        jar.write(file);
        Path _ = Files.setLastModifiedTime(file, TIME);
    }

    private Path place(String path) throws IOException {
        Path file = folder.resolve(path);
        Path _ = Files.createDirectories(file.getParent());
        return file;
    }

    Path at(String path) {
        return folder.resolve(path);
    }

    /** Paths of all files, sorted. */
    List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** What has to be executable: programs of the Java runtime, and the loader. */
    static boolean isExecutable(String path) {
        return path.startsWith(ImagePaths.RUNTIME + "/bin/")
                || path.equals(ImagePaths.RUNTIME + "/lib/jspawnhelper")
                || path.matches("lib(64)?/(.*/)?ld-linux[^/]*");
    }
}
