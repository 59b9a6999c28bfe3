package dev.landwaiter.imagebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small root file system through Jib and back. */
class JibImageTest {
    private static final Map<String, String> LABELS = Map.of("org.opencontainers.image.title", "small");

    @TempDir
    private Path folder;

    private final Sources sources = new Sources(
            Path.of("none"),
            List.of(),
            new OptionFiles(Path.of("none")),
            Map.of(),
            Map.of(),
            Map.of(),
            new Revision("unknown", Instant.EPOCH));

    private JibImage image(String name, String cache) throws IOException, InterruptedException {
        ImageRoot root = new ImageRoot(folder.resolve(name).resolve("root"));
        root.put("jre/bin/java", "java");
        root.put("jre/lib/modules", "modules");
        root.put("etc/passwd", "passwd");
        root.put("app/lib/other.jar", "other");
        root.put("app/lib/landwaiter-core-1.jar", "core");
        root.put("app/landwaiter.jar", "program");
        root.put(ImagePaths.CACHE, cache);
        Path scratch = Files.createDirectories(folder.resolve(name).resolve("scratch"));
        return JibImage.write(root, Target.AMD64, LABELS, sources, layout(name), scratch);
    }

    private OciLayout layout(String name) {
        return new OciLayout(folder.resolve(name).resolve("layout"));
    }

    @Test
    void theSameContentGivesTheSameLayersAndTheCacheChangesItsOwnAlone() throws Exception {
        JibImage first = image("first", "cache");
        JibImage again = image("again", "cache");
        JibImage other = image("other", "another");

        assertThat(again.manifest()).isEqualTo(first.manifest());
        assertThat(first.layers()).extracting(LayerSize::layer).containsExactly(Layer.values());
        assertThat(other.layers().subList(0, 4)).isEqualTo(first.layers().subList(0, 4));
        assertThat(other.layers().getLast()).isNotEqualTo(first.layers().getLast());
    }

    @Test
    void filesHaveTheirModesAndTheirTimeOnANode() throws Exception {
        JibImage image = image("node", "cache");
        Path root = Files.createDirectories(folder.resolve("unpacked"));
        for (LayerSize layer : image.layers()) {
            long bytes = LayerFiles.unpack(layout("node").blob(layer.digest()), root);
            assertThat(bytes).isEqualTo(layer.unpacked());
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("jre/bin/java"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("app/landwaiter.jar"))))
                .isEqualTo("rw-r--r--");
        assertThat(Files.getLastModifiedTime(root.resolve("app/landwaiter.jar")))
                .isEqualTo(ImageRoot.TIME);
    }

    @Test
    void theImageStartsTheWebhookAsNobody() throws Exception {
        JibImage image = image("config", "cache");
        JsonNode manifest = layout("config").read(image.manifest().digest());
        JsonNode config = layout("config").read(manifest.at("/config/digest").asText());

        assertThat(config.at("/config/User").asText()).isEqualTo("65532:65532");
        assertThat(config.at("/config/Entrypoint").toString())
                .isEqualTo("[\"/jre/bin/java\",\"@/app/options/webhook.options\",\"dev.landwaiter.cli.Main\"]");
        assertThat(config.at("/config/Cmd").isEmpty()).isTrue();
        assertThat(config.at("/architecture").asText()).isEqualTo("amd64");
        assertThat(manifest.at("/annotations/org.opencontainers.image.title").asText())
                .isEqualTo("small");
        assertThat(config.at("/config/Labels/org.opencontainers.image.title").asText())
                .isEqualTo("small");
    }

    @Test
    void aLayerThatGivesRightsIsRefused() throws Exception {
        for (TarArchiveEntry entry : List.of(entry(0104755, 0), entry(0100666, 0), entry(0100644, 65532))) {
            Path layer = folder.resolve("bad.tar.gz");
            try (OutputStream file = Files.newOutputStream(layer);
                    TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }

            assertThatThrownBy(() -> LayerFiles.unpack(layer, folder.resolve("bad")))
                    .isInstanceOf(BuildFailure.class)
                    .hasMessageStartingWith("Could not use a layer: bin/program has mode");
        }
    }

    private static TarArchiveEntry entry(int mode, int user) {
        TarArchiveEntry entry = new TarArchiveEntry("bin/program");
        entry.setMode(mode);
        entry.setUserId(user);
        return entry;
    }
}
