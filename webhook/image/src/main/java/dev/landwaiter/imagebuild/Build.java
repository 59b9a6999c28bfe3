package dev.landwaiter.imagebuild;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds the image from start to end.
 *
 * @param name of the image, with its tag
 * @param training how long the JVM is trained under load; zero for an image without AOT cache
 * @param most bytes that it may have, compressed
 * @param output where everything goes
 */
record Build(Sources sources, String name, Duration training, long most, Path output, PrintWriter out) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What was built.
     *
     * @param index of the images in it
     */
    record Result(OciLayout layout, OciLayout.Descriptor index, List<JibImage> images) {
        Result {
            images = List.copyOf(images);
        }
    }

    Result run() throws IOException, InterruptedException {
        Instant started = Instant.now();
        List<Path> jars = new ArrayList<>(sources.libraries());
        jars.add(sources.program());
        JavaRuntime.check(jars);
        Path scratch = emptied(output.resolve("work"));
        OciLayout layout = new OciLayout(emptied(output.resolve("layout")));
        List<JibImage> images = new ArrayList<>();
        for (Target target : sources.targets()) {
            images.add(image(target, layout, scratch.resolve(target.architecture())));
        }
        OciLayout.Descriptor index = index(layout, images);
        layout.finish(index, name);
        write(index, images, scratch, started);
        remove(scratch);
        say(index, images);
        return new Result(layout, index, images);
    }

    private JibImage image(Target target, OciLayout layout, Path scratch) throws IOException, InterruptedException {
        boolean cached = target == Target.ofThisMachine() && training.isPositive();
        ImageRoot root = new ImageRoot(Files.createDirectories(scratch.resolve("content")));
        List<String> names = new Assembly(sources, target, root, cached).put();
        if (cached) {
            out.printf("Training the JVM for %d s…%n", training.toSeconds());
            new Training(root, sources.options(), names, training, scratch).run();
        }
        JibImage image = JibImage.write(root, target, labels(), sources, layout, scratch);
        out.printf("%n%s%n%s", target.platform(), LayerSize.table(image.layers()));
        LayerSize.require(image.layers(), most);
        if (cached) {
            new Trial(layout, image, out, scratch).run();
        }
        return image;
    }

    private Map<String, String> labels() {
        return new TreeMap<>(Map.of(
                "org.opencontainers.image.title",
                "Landwaiter",
                "org.opencontainers.image.description",
                "Kubernetes admission webhook that resolves, verifies and records what container images bring into a cluster",
                "org.opencontainers.image.licenses",
                "Apache-2.0",
                "org.opencontainers.image.version",
                sources.version(),
                "org.opencontainers.image.revision",
                sources.revision().commit(),
                "org.opencontainers.image.created",
                sources.revision().time().toString()));
    }

    private OciLayout.Descriptor index(OciLayout layout, List<JibImage> images) throws IOException {
        ObjectNode index = OciLayout.object().put("schemaVersion", 2).put("mediaType", OciLayout.INDEX);
        var manifests = index.putArray("manifests");
        for (JibImage image : images) {
            ObjectNode entry = image.manifest().json();
            entry.putObject("platform")
                    .put("architecture", image.target().architecture())
                    .put("os", "linux");
            manifests.add(entry);
        }
        OciLayout.annotate(index, labels());
        return layout.put(OciLayout.INDEX, index);
    }

    /** Lists of contents, provenance and sizes, beside the layout. */
    private void write(OciLayout.Descriptor index, List<JibImage> images, Path scratch, Instant started)
            throws IOException {
        ObjectNode sizes = JSON.createObjectNode().put("image", name).put("digest", index.digest());
        String java = "";
        for (JibImage image : images) {
            ImageRoot root =
                    new ImageRoot(scratch.resolve(image.target().architecture()).resolve("content"));
            java = JavaRuntime.version(root.at(ImagePaths.RUNTIME));
            Path _ = Files.write(
                    output.resolve("sbom-%s.cdx.json".formatted(image.target().architecture())),
                    Files.readAllBytes(root.at(ImagePaths.CONTENTS)));
            var layers = sizes.putArray(image.target().platform());
            for (LayerSize layer : image.layers()) {
                layers.addObject()
                        .put("layer", layer.layer().title())
                        .put("digest", layer.digest())
                        .put("compressed", layer.compressed())
                        .put("unpacked", layer.unpacked());
            }
        }
        ObjectNode statement = new Provenance(sources, java, started, Instant.now()).statement(name, index, images);
        json("sizes.json", sizes);
        json("provenance.intoto.json", statement);
        // cosign makes the statement around it anew
        json("provenance.predicate.json", (ObjectNode) statement.path("predicate"));
    }

    private void json(String file, ObjectNode content) throws IOException {
        Path _ = Files.writeString(
                output.resolve(file), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
    }

    private void say(OciLayout.Descriptor index, List<JibImage> images) {
        String built = images.stream().map(image -> image.target().platform()).collect(Collectors.joining(", "));
        out.printf("%nBuilt %s, %s, for %s", name, index.digest(), built);
        for (Target target : Target.values()) {
            if (images.stream().noneMatch(image -> image.target() == target)) {
                out.printf(
                        "; not for %s: that takes --jdk %s=FOLDER and --sysroot", target.platform(), target.platform());
            }
        }
        out.printf(
                ".%nIn %s: layout, sizes.json, sbom-ARCHITECTURE.cdx.json, provenance.intoto.json and provenance.predicate.json.%n",
                output);
    }

    private static Path emptied(Path folder) throws IOException {
        if (Files.exists(folder)) {
            remove(folder);
        }
        return Files.createDirectories(folder);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
