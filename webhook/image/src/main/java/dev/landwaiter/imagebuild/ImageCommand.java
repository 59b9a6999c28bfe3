package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./landwaiter image}: builds the image of the webhook and writes it where it is asked to. */
@Command(
        name = "image",
        customSynopsis = "./landwaiter image [--tar FILE] [--oci FOLDER] [--registry NAME] [OPTIONS]",
        sortOptions = false,
        header = "Builds the container image of the webhook, without docker.",
        description = {
            "",
            "Links a Java runtime, takes the C library's files from this machine, packs the jars, trains the JVM by a run of the webhook, tries what came of it, "
                    + "and writes the image with its list of contents and its provenance. docs/image.md says what is in it and how to sign it."
        })
final class ImageCommand implements Callable<Integer> {
    private final PrintWriter out;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "what the image is called, with its tag (default: ${DEFAULT-VALUE})")
    private String name = "landwaiter.dev/landwaiter:dev";

    @Option(
            names = "--tar",
            paramLabel = "FILE",
            description = "write a tar, which docker, podman, ctr and skopeo load")
    private @Nullable Path tar;

    @Option(
            names = "--oci",
            paramLabel = "FOLDER",
            description = "write an OCI image layout to a folder, which must not exist")
    private @Nullable Path oci;

    @Option(
            names = "--registry",
            paramLabel = "NAME",
            description = "push it there, with the credentials of the docker configuration")
    private @Nullable String registry;

    @Option(names = "--insecure-registry", description = "push over plain HTTP, or to a registry with any certificate")
    private boolean insecure;

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description =
                    "where the list of contents, the provenance and the sizes go, and the image itself (default: ${DEFAULT-VALUE})")
    private Path output = Path.of("landwaiter-image");

    @Option(
            names = "--jdk",
            paramLabel = "PLATFORM=FOLDER",
            description =
                    "build for linux/amd64 or linux/arm64 as well, by the jmods of a JDK for it. Such an image has no AOT cache: that takes a run on its platform")
    private Map<String, Path> jdks = new LinkedHashMap<>();

    @Option(
            names = "--sysroot",
            paramLabel = "PLATFORM=FOLDER",
            description =
                    "take the C library for a platform from the root file system in this folder (default: this machine's)")
    private Map<String, Path> sysroots = new LinkedHashMap<>();

    @Option(
            names = "--train",
            paramLabel = "SECONDS",
            description =
                    "how long the training run is under load; 0 for an image without AOT cache (default: ${DEFAULT-VALUE})")
    private int train = 60;

    @Option(
            names = "--most",
            paramLabel = "MEGABYTES",
            description = "fail where the image is larger, compressed (default: ${DEFAULT-VALUE})")
    private int most = 70;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help and exit")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    ImageCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (oci != null && Files.exists(oci)) {
            throw new BuildFailure(
                    "Could not write a layout to %s: it exists. Remove it, or give another folder.".formatted(oci));
        }
        Build build =
                new Build(sources(), name, Duration.ofSeconds(train), most * 1_000_000L, output.toAbsolutePath(), out);
        Build.Result built = build.run();
        if (tar != null) {
            built.layout().tar(tar);
            out.println("Written: " + tar);
        }
        if (oci != null) {
            built.layout().copy(oci);
            out.println("Written: " + oci);
        }
        if (registry != null) {
            new RegistryPush(built.layout(), registry, insecure).push(built.index());
            out.println("Pushed: " + registry + " as " + built.index().digest());
        }
        return 0;
    }

    /** What the launcher built, which says by system properties where it is. */
    private Sources sources() throws IOException {
        Path app = Path.of(required("landwaiter.app"));
        Path clone = Path.of(required("landwaiter.clone"));
        return new Sources(
                app.resolve("landwaiter.jar"),
                Sources.jars(app.resolve("lib")),
                new OptionFiles(clone.resolve("webhook/src/main/options")),
                Coordinates.read(app.resolve("dependencies.txt")),
                byTarget(jdks),
                byTarget(sysroots),
                Revision.of(clone));
    }

    private static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new BuildFailure("Could not start: the system property %s is not set. Run './landwaiter image'."
                    .formatted(property));
        }
        return value;
    }

    private static Map<Target, Path> byTarget(Map<String, Path> folders) {
        Map<Target, Path> all = new TreeMap<>();
        folders.forEach((platform, folder) -> {
            if (!Files.isDirectory(folder)) {
                throw new BuildFailure("Could not build for %s: there is no folder %s.".formatted(platform, folder));
            }
            all.put(Target.parse(platform), folder.toAbsolutePath());
        });
        return all;
    }

    /** For tests: how options are read. */
    List<String> platforms() {
        return List.copyOf(jdks.keySet());
    }
}
