package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The C library's files that programs need, taken from a root file system of their platform. */
final class CLibrary {
    private final Target target;
    private final Path sysroot;

    /** @param sysroot {@code /}, or the folder with the root file system of another machine */
    CLibrary(Target target, Path sysroot) {
        this.target = target;
        this.sysroot = sysroot;
    }

    /**
     * What {@code files} need that is not among them, and what that needs: path in the image to file here. Libraries stand in the image where the
     * loader of the platform looks first, and the loader itself where programs ask for it.
     */
    SortedMap<String, Path> neededBy(Collection<Path> files) throws IOException {
        Set<String> present = new TreeSet<>();
        files.forEach(file -> present.add(file.getFileName().toString()));
        TreeMap<String, Path> found = new TreeMap<>();
        Deque<Path> open = new ArrayDeque<>(files);
        while (!open.isEmpty()) {
            Path file = open.pop();
            Optional<ElfFile> elf = ElfFile.read(file);
            if (elf.isEmpty()) {
                continue;
            }
            requireMachine(file, elf.get());
            for (String path : wanted(elf.get(), present)) {
                Path library = path.startsWith("/") ? inSysroot(path) : find(path, file);
                String place = path.startsWith("/") ? path.substring(1) : "lib/" + target.multiarch() + "/" + path;
                if (found.putIfAbsent(place, library) == null) {
                    open.add(library);
                }
            }
        }
        return found;
    }

    private void requireMachine(Path file, ElfFile elf) {
        if (elf.machine() != target.machine()) {
            throw new BuildFailure(
                    "Could not take %s into the image for %s: it is made for another processor (ELF machine %d, not %d). Give the JDK and the --sysroot of that platform."
                            .formatted(file, target.platform(), elf.machine(), target.machine()));
        }
    }

    /** The loader by its path, libraries by their names. A library that names the loader, as the C library does, means the same one. */
    private static Set<String> wanted(ElfFile elf, Set<String> present) {
        Set<String> wanted = new LinkedHashSet<>();
        elf.interpreter().ifPresent(wanted::add);
        elf.needed().stream()
                .filter(name -> !present.contains(name) && !name.startsWith("ld-linux"))
                .forEach(wanted::add);
        return wanted;
    }

    private Path find(String name, Path asking) {
        return Stream.of(
                        "lib/" + target.multiarch(),
                        "usr/lib/" + target.multiarch(),
                        "lib64",
                        "usr/lib64",
                        "lib",
                        "usr/lib")
                .map(folder -> sysroot.resolve(folder).resolve(name))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new BuildFailure(
                        "Could not find %s, which %s needs, in the library folders of %s. Install the C library for %s there, or give another --sysroot."
                                .formatted(name, asking, sysroot, target.platform())));
    }

    private Path inSysroot(String absolute) {
        Path file = sysroot.resolve(absolute.substring(1));
        if (!Files.isRegularFile(file)) {
            throw new BuildFailure(
                    "Could not find the loader %s in %s. Install the C library for %s there, or give another --sysroot."
                            .formatted(absolute, sysroot, target.platform()));
        }
        return file;
    }

    /** The licences of the libraries, as their packages bring them: path in the image to file here. */
    SortedMap<String, Path> licences() {
        TreeMap<String, Path> licences = new TreeMap<>();
        for (String name : List.of(
                "usr/share/doc/libc6/copyright",
                "usr/share/doc/libgcc-s1/copyright",
                "usr/share/common-licenses/LGPL-2.1",
                "usr/share/common-licenses/GPL-3",
                "usr/share/licenses/glibc/COPYING.LIB",
                "usr/share/licenses/glibc/LICENSES",
                "usr/share/licenses/libgcc/COPYING3",
                "usr/share/licenses/libgcc/COPYING.RUNTIME")) {
            Path file = sysroot.resolve(name);
            if (Files.isRegularFile(file)) {
                licences.put(name, file);
            }
        }
        if (licences.isEmpty()) {
            throw new BuildFailure(
                    "Could not find the licence of the C library under %s/usr/share/doc/libc6 or %s/usr/share/licenses/glibc: the image may not be passed on without it. Install the package's documentation."
                            .formatted(sysroot, sysroot));
        }
        return licences;
    }
}
