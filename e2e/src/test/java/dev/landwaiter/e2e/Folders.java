package dev.landwaiter.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where things of this repository are. */
final class Folders {
    private Folders() {}

    /** The root of the repository, whichever of its folders Maven was started in. */
    static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("manifests")) && Files.isDirectory(at.resolve("e2e/kube"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "Could not find the repository's root above " + Path.of("").toAbsolutePath());
    }

    static Path kube() {
        return root().resolve("e2e/kube");
    }

    static Path manifests() {
        return root().resolve("manifests");
    }

    /** State and logs of a run: gone with {@code mvn clean}. */
    static Path state() {
        return root().resolve("e2e/target/kube");
    }
}
