package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts programs in a root file system of their own, which they cannot write, as a container of Kubernetes would: nothing of this machine is seen but
 * its processors, its network and one folder. There is no /tmp.
 */
final class Sandbox {
    /** Where the program sees the folder that it is given. */
    static final Path GIVEN = Path.of("/given");

    private static final String SCRIPT = """
            set -e
            root=$1 given=$2
            shift 2
            mount --make-rprivate /
            mount --bind "$root" "$root"
            mount --rbind /proc "$root/proc"
            for device in null zero random urandom; do mount --bind "/dev/$device" "$root/dev/$device"; done
            mount --bind "$given" "$root/given"
            mount -o remount,bind,ro "$root/given"
            mount -o remount,bind,ro "$root"
            exec "$@"
            """;

    private final Path root;
    private final boolean asRoot;

    private Sandbox(Path root, boolean asRoot) {
        this.root = root;
        this.asRoot = asRoot;
    }

    /** One at {@code root}, where this machine allows it: as root, or in a user namespace. */
    static Optional<Sandbox> at(Path root) throws IOException, InterruptedException {
        boolean asRoot = succeeds("unshare", "-m", "true") && succeeds("chroot", "/", "true");
        if (!asRoot && !succeeds("unshare", "-r", "-m", "chroot", "/", "true")) {
            return Optional.empty();
        }
        for (String folder : List.of("proc", "dev", "given")) {
            Path _ = Files.createDirectories(root.resolve(folder));
        }
        for (String device : List.of("null", "zero", "random", "urandom")) {
            Path _ = Files.write(root.resolve("dev").resolve(device), new byte[0]);
        }
        // what a container runtime puts there
        Path _ = Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost\n");
        Path _ = Files.writeString(root.resolve("etc/resolv.conf"), "");
        return Optional.of(new Sandbox(root, asRoot));
    }

    /** Who programs run as in it. */
    String user() {
        return asRoot ? "uid " + ImagePaths.USER : "a user namespace of this user";
    }

    /**
     * The command that starts {@code program} in it.
     *
     * @param given what it sees at {@link #GIVEN}; everybody may read it afterwards
     */
    List<String> command(List<String> program, Path given) throws IOException {
        List<String> words = new ArrayList<>(List.of("unshare"));
        if (!asRoot) {
            words.add("-r");
        }
        words.addAll(List.of("-m", "sh", "-c", SCRIPT, "sh", root.toString(), given.toString(), "chroot"));
        if (asRoot) {
            words.add("--userspec=%1$d:%1$d".formatted(ImagePaths.USER));
        }
        words.add(root.toString());
        words.addAll(program);
        open(given);
        return words;
    }

    private static void open(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                Path _ = Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            // no such program here
            return false;
        }
    }
}
