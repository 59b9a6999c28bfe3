package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts the image's root file system together, all but the AOT cache.
 *
 * @param root where to
 * @param cached whether an AOT cache will follow
 */
record Assembly(Sources sources, Target target, ImageRoot root, boolean cached) {
    private static final String PASSWD = """
            root:x:0:0:root:/:/sbin/nologin
            landwaiter:x:%1$d:%1$d:Landwaiter:/nonexistent:/sbin/nologin
            """.formatted(ImagePaths.USER);
    private static final String GROUP = """
            root:x:0:
            landwaiter:x:%d:
            """.formatted(ImagePaths.USER);

    /** Without it the C library would ask the name server before /etc/hosts. */
    private static final String NAME_SERVICES = "hosts: files dns\n";

    /** Puts everything in its place; the names of the libraries' jars. */
    List<String> put() throws IOException {
        runtime();
        List<String> jars = jars();
        for (String mode : sources.options().modes()) {
            root.put(
                    ImagePaths.OPTIONS + "/" + mode + ".options",
                    sources.options().inImage(mode, jars, cached));
        }
        root.put("etc/passwd", PASSWD);
        root.put("etc/group", GROUP);
        root.put("etc/nsswitch.conf", NAME_SERVICES);
        CLibrary library = new CLibrary(target, sysroot());
        SortedMap<String, Path> files = library.neededBy(nativeFiles());
        files.putAll(library.licences());
        for (Map.Entry<String, Path> file : files.entrySet()) {
            root.put(file.getKey(), file.getValue());
        }
        root.put(
                ImagePaths.CONTENTS,
                new Contents(sources, target, JavaRuntime.version(root.at(ImagePaths.RUNTIME)), sysroot()).json());
        return jars;
    }

    private void runtime() throws IOException {
        JavaRuntime.link(root.at(ImagePaths.RUNTIME), jmods());
        try (Stream<Path> files = Files.walk(root.at(ImagePaths.RUNTIME))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().endsWith(".so")) {
                    Path _ = Files.write(file, ElfFile.stripped(Files.readAllBytes(file)));
                }
                Path _ = Files.setLastModifiedTime(file, ImageRoot.TIME);
            }
        }
    }

    private @Nullable Path jmods() {
        Path jdk = sources.jdks().get(target);
        if (jdk == null) {
            return null;
        }
        Path jmods = jdk.resolve("jmods");
        if (!Files.isRegularFile(jmods.resolve("java.base.jmod"))) {
            throw new BuildFailure(
                    "Could not link a Java runtime for %s: %s has no file jmods/java.base.jmod. Give a JDK %d for that platform with its jmods, which some vendors offer as a download of their own."
                            .formatted(target.platform(), jdk, Runtime.version().feature()));
        }
        return jmods;
    }

    private Path sysroot() {
        return Optional.ofNullable(sources.sysroots().get(target)).orElseGet(() -> {
            if (target != Target.ofThisMachine()) {
                throw new BuildFailure(
                        "Could not build for %s: say by --sysroot %s=FOLDER where the root file system of such a machine is, for its C library."
                                .formatted(target.platform(), target.platform()));
            }
            return Path.of("/");
        });
    }

    private List<String> jars() throws IOException {
        root.put(ImagePaths.PROGRAM, StoredJar.read(sources.program(), target).versioned(sources.version()));
        List<String> names = new ArrayList<>();
        for (Path library : sources.libraries()) {
            StoredJar jar = StoredJar.read(library, target);
            for (Map.Entry<String, byte[]> file : jar.natives().entrySet()) {
                root.put(ImagePaths.NATIVES + "/" + file.getKey(), file.getValue());
            }
            if (jar.useful()) {
                String name = library.getFileName().toString();
                root.put(ImagePaths.LIBRARIES + "/" + name, jar);
                names.add(name);
            }
        }
        return names;
    }

    /** Those of the Java runtime and of the libraries. */
    private List<Path> nativeFiles() throws IOException {
        try (Stream<Path> all = Files.walk(root.folder())) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(".so")
                            || ImageRoot.isExecutable(
                                    root.folder().relativize(file).toString()))
                    .toList();
        }
    }
}
