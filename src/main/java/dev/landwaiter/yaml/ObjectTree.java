package dev.landwaiter.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Shown;

/** Makes the JSON of a document that kubectl hands to the API server. */
final class ObjectTree {
    private static final int SHOWN = 60;

    private ObjectTree() {}

    /**
     * The JSON that {@code node} becomes.
     *
     * @throws YamlRefusal where it has none
     */
    static JsonNode of(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> KubernetesScalar.value(scalar);
            case YamlNode.Sequence sequence -> {
                ArrayNode array =
                        JsonNodeFactory.instance.arrayNode(sequence.items().size());
                sequence.items().forEach(item -> array.add(of(item)));
                yield array;
            }
            case YamlNode.Mapping mapping -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                mapping.fields().forEach(field -> object.set(key(field.key()), of(field.value())));
                yield object;
            }
        };
    }

    /** JSON has texts for keys alone: kubectl makes some of whatever else a key is. */
    private static String key(YamlNode.Scalar key) {
        if (!KubernetesScalar.isKey(key)) {
            throw YamlRefusal.refused(
                    key.mark(),
                    "kubectl does not take the key %s for this text, but for something else: put it in quotes"
                            .formatted(key.text().isEmpty() ? "that is missing" : Shown.of(key.text(), SHOWN)));
        }
        return key.text();
    }
}
