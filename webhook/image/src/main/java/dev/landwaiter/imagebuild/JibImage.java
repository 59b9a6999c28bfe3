package dev.landwaiter.imagebuild;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FileEntry;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/**
 * One platform's image in a layout.
 *
 * @param manifest its own
 * @param layers from the bottom
 */
record JibImage(Target target, OciLayout.Descriptor manifest, List<LayerSize> layers) {
    private static final FilePermissions FILE = FilePermissions.fromOctalString("644");
    private static final FilePermissions PROGRAM = FilePermissions.fromOctalString("755");

    JibImage {
        layers = List.copyOf(layers);
    }

    /**
     * Has Jib write {@code root} as an image to {@code layout}.
     *
     * @param scratch a new folder: Jib knows layers again by names and times, which here are the same for other contents
     */
    static JibImage write(
            ImageRoot root, Target target, Map<String, String> labels, Sources sources, OciLayout layout, Path scratch)
            throws IOException, InterruptedException {
        Map<Layer, FileEntriesLayer.Builder> entries = new EnumMap<>(Layer.class);
        for (String path : root.files()) {
            Layer layer = Layer.of(path);
            FileEntriesLayer.Builder _ = entries.computeIfAbsent(
                            layer, l -> FileEntriesLayer.builder().setName(l.title()))
                    .addEntry(new FileEntry(
                            root.at(path),
                            AbsoluteUnixPath.get("/" + path),
                            ImageRoot.isExecutable(path) ? PROGRAM : FILE,
                            ImageRoot.TIME.toInstant()));
        }
        JibContainerBuilder image = Jib.fromScratch()
                .setFormat(ImageFormat.OCI)
                .setPlatforms(Set.of(new Platform(target.architecture(), "linux")))
                .setCreationTime(sources.revision().time())
                .setLabels(labels)
                .setUser("%1$d:%1$d".formatted(ImagePaths.USER))
                .setWorkingDirectory(AbsoluteUnixPath.get("/"))
                .setExposedPorts(Port.tcp(8443), Port.tcp(8080))
                .setEntrypoint(
                        "/" + ImagePaths.RUNTIME + "/bin/java",
                        "@/" + ImagePaths.OPTIONS + "/webhook.options",
                        OptionFiles.MAIN)
                .setFileEntriesLayers(entries.values().stream()
                        .map(FileEntriesLayer.Builder::build)
                        .toList());
        Path tar = scratch.resolve("image.tar");
        try {
            var _ = image.containerize(Containerizer.to(TarImage.at(tar).named("landwaiter/" + target.architecture()))
                    .setBaseImageLayersCache(scratch.resolve("base"))
                    .setApplicationLayersCache(scratch.resolve("layers"))
                    .setOfflineMode(true)
                    .setToolName("landwaiter-image"));
        } catch (RegistryException
                | CacheDirectoryCreationException
                | ExecutionException
                | InvalidImageReferenceException e) {
            throw new BuildFailure(
                    "Could not write the image for %s: %s".formatted(target.platform(), e.getMessage()), e);
        }
        return annotated(target, layout, layout.takeImage(tar), List.copyOf(entries.keySet()), labels, root);
    }

    /** Jib writes no annotations: the manifest is written anew with them. */
    private static JibImage annotated(
            Target target,
            OciLayout layout,
            String digest,
            List<Layer> order,
            Map<String, String> labels,
            ImageRoot root)
            throws IOException {
        ObjectNode manifest = layout.read(digest);
        OciLayout.annotate(manifest, labels);
        List<LayerSize> sizes = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            JsonNode layer = manifest.path("layers").get(i);
            OciLayout.annotate(
                    (ObjectNode) layer,
                    Map.of("dev.landwaiter.layer", order.get(i).title()));
            sizes.add(new LayerSize(
                    order.get(i),
                    layer.path("digest").asText(),
                    layer.path("size").asLong(),
                    unpacked(root, order.get(i))));
        }
        layout.remove(digest);
        return new JibImage(target, layout.put(OciLayout.MANIFEST, manifest), sizes);
    }

    private static long unpacked(ImageRoot root, Layer layer) throws IOException {
        long bytes = 0;
        for (String path : root.files()) {
            bytes += Layer.of(path) == layer ? Files.size(root.at(path)) : 0;
        }
        return bytes;
    }
}
