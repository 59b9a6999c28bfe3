package dev.landwaiter.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is read of an image's configuration: its platform and its labels.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md">OCI image specification, configuration</a>
 */
public record ImageConfig(Platform platform, Map<String, String> labels) {
    /** Of an artifact that is no image and so has no labels. */
    public static final ImageConfig NONE = new ImageConfig(new Platform("unknown", "unknown", ""), Map.of());

    public ImageConfig {
        labels = Map.copyOf(labels);
    }

    /** Reads a configuration; {@code what} it is goes into messages. */
    public static ImageConfig parse(byte[] content, Limits limits, String what) {
        JsonNode root = new BoundedJson(limits).read(content, Code.REGISTRY_MALFORMED, what);
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> label :
                root.path("config").path("Labels").properties()) {
            if (label.getValue().isTextual()) {
                labels.put(label.getKey(), label.getValue().textValue());
            }
        }
        Platform platform = new Platform(
                root.path("os").asText("unknown"),
                root.path("architecture").asText("unknown"),
                root.path("variant").asText(""));
        return new ImageConfig(platform, labels);
    }
}
