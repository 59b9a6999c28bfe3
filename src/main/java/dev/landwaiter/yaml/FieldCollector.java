package dev.landwaiter.yaml;

import dev.landwaiter.limit.Shown;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of one mapping, with those that {@code <<} merges into it. What is merged gives way to a field of the mapping's own that follows.
 * Where one comes before, YAML says that it wins, and kubectl that it loses: that is refused.
 *
 * @see <a href="https://yaml.org/type/merge.html">YAML's merge keys</a>
 */
final class FieldCollector {
    private static final String MERGE = "<<";
    private static final int SHOWN = 60;

    private final Map<String, YamlNode.Field> fields = new LinkedHashMap<>();
    /** The keys that are written in the mapping, merge keys too. */
    private final Map<String, YamlNode.Scalar> written = new HashMap<>();

    /** Adds what stands under {@code key}. */
    void add(YamlNode.Scalar key, YamlNode value) {
        YamlNode.Scalar before = written.putIfAbsent(key.text(), key);
        if (before != null) {
            throw YamlRefusal.malformed(
                    key.mark(),
                    "the key \"%s\" stands twice in one mapping, first at %s: remove one"
                            .formatted(shown(key), before.mark().text()));
        }
        if (key.text().equals(MERGE) && key.style() == YamlNode.Style.PLAIN && key.tag() == Tag.NONE) {
            merge(key, value);
        } else {
            fields.put(key.text(), new YamlNode.Field(key, value));
        }
    }

    List<YamlNode.Field> fields() {
        return List.copyOf(fields.values());
    }

    private void merge(YamlNode.Scalar key, YamlNode value) {
        Map<String, YamlNode.Field> merged = new LinkedHashMap<>();
        for (YamlNode source : value instanceof YamlNode.Sequence list ? list.items() : List.of(value)) {
            if (!(source instanceof YamlNode.Mapping mapping)) {
                throw YamlRefusal.malformed(
                        key.mark(),
                        "<< merges mappings, and this is %s: give it a mapping, or put the key in quotes"
                                .formatted(source.kind()));
            }
            // of several, the first that has a field decides
            mapping.fields().forEach(field -> merged.putIfAbsent(field.key().text(), field));
        }
        for (YamlNode.Field field : merged.values()) {
            YamlNode.Scalar own = written.get(field.key().text());
            if (own != null) {
                throw YamlRefusal.refused(
                        own.mark(),
                        "readers disagree whether this \"%s\" counts or the one that << merges below it: put << first"
                                .formatted(shown(own)));
            }
        }
        fields.putAll(merged);
    }

    private static String shown(YamlNode.Scalar key) {
        return Shown.of(key.text(), SHOWN);
    }
}
