package dev.landwaiter.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.ShapedJson;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is read of an image's configuration: its platform and its labels. The rest of it, which may be large, is passed over as it comes.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md">OCI image specification, configuration</a>
 */
public record ImageConfig(Platform platform, Map<String, String> labels) {
    /** Of an artifact that is no image and so has no labels. */
    public static final ImageConfig NONE = new ImageConfig(new Platform("unknown", "unknown", ""), Map.of());

    public ImageConfig {
        labels = Map.copyOf(labels);
    }

    /**
     * Reads a configuration; {@code what} it is goes into messages. One that container runtimes might read otherwise is a
     * {@link Code#MANIFEST_MALFORMED}.
     */
    public static ImageConfig parse(byte[] content, Limits limits, String what) {
        JsonNode root = new ShapedJson(DocumentShapes.CONFIG, limits, Limit.JSON_TOKENS, OciDocumentParser.COMPLAINTS)
                .read(content, what);
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> label :
                root.path("config").path("Labels").properties()) {
            labels.put(label.getKey(), label.getValue().asText(""));
        }
        Platform platform = new Platform(
                root.path("os").asText("unknown"),
                root.path("architecture").asText("unknown"),
                root.path("variant").asText(""));
        return new ImageConfig(platform, labels);
    }
}
