package dev.landwaiter.imagebuild;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A platform that an image can be built for. */
enum Target {
    AMD64("amd64", "x86_64-linux-gnu", 62, "linux[-_]x86_64"),
    ARM64("arm64", "aarch64-linux-gnu", 183, "linux[-_]aarch_?64");

    private final String architecture;
    private final String multiarch;
    private final int machine;
    private final String nativeName;

    Target(String architecture, String multiarch, int machine, String nativeName) {
        this.architecture = architecture;
        this.multiarch = multiarch;
        this.machine = machine;
        this.nativeName = nativeName;
    }

    /** As OCI calls it, {@code amd64}. */
    String architecture() {
        return architecture;
    }

    /** As users write it, {@code linux/amd64}. */
    String platform() {
        return "linux/" + architecture;
    }

    /** The folder of its libraries on Debian and what descends from it. */
    String multiarch() {
        return multiarch;
    }

    /** {@code e_machine} of its ELF files. */
    int machine() {
        return machine;
    }

    /** Whether {@code name}, an entry of a jar, is a native library for it by its name. */
    boolean owns(String name) {
        return name.matches(".*" + nativeName + ".*");
    }

    /** The one that this JVM runs on. */
    static Target ofThisMachine() {
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (machine) {
            case "amd64", "x86_64" -> AMD64;
            case "aarch64", "arm64" -> ARM64;
            default ->
                throw new BuildFailure(
                        "Could not build an image on this machine: its processor is \"%s\", and images are built for %s. Build on one of those."
                                .formatted(machine, all()));
        };
    }

    /** The one called {@code platform}. */
    static Target parse(String platform) {
        return Arrays.stream(values())
                .filter(target -> target.platform().equals(platform))
                .findFirst()
                .orElseThrow(() -> new BuildFailure(
                        "Could not build for \"%s\": images are built for %s.".formatted(platform, all())));
    }

    private static String all() {
        return Arrays.stream(values()).map(Target::platform).collect(Collectors.joining(", "));
    }
}
