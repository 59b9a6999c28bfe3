package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Objects of one kind as read, each read again only where it, or what it may refer to, changed. For use by one thread. */
final class ReadObjects<T> {
    private final ClusterMaterials materials;
    private final Function<JsonNode, T> reader;
    private final BiConsumer<JsonNode, T> news;
    private Map<String, Read<T>> read = new HashMap<>();

    /** @param materials the version of what it may refer to */
    private record Read<T>(String version, long materials, T value, ClusterMaterials.Used used) {}

    /**
     * Objects that {@code reader} reads.
     *
     * @param news told of each that was read, or read again
     */
    ReadObjects(ClusterMaterials materials, Function<JsonNode, T> reader, BiConsumer<JsonNode, T> news) {
        this.materials = materials;
        this.reader = reader;
        this.news = news;
    }

    /** Reads what changed since the last time; says whether anything did. */
    boolean update(Map<String, WatchedKind.Seen> objects, long ofMaterials) {
        Map<String, Read<T>> next = new HashMap<>();
        boolean changed = !objects.keySet().equals(read.keySet());
        for (Map.Entry<String, WatchedKind.Seen> object : objects.entrySet()) {
            WatchedKind.Seen seen = object.getValue();
            Read<T> known = read.get(object.getKey());
            if (known == null || !known.version().equals(seen.version()) || known.materials() != ofMaterials) {
                materials.begin();
                T value = reader.apply(seen.tree());
                known = new Read<>(seen.version(), ofMaterials, value, materials.used());
                news.accept(seen.tree(), value);
                changed = true;
            }
            next.put(object.getKey(), known);
        }
        read = next;
        return changed;
    }

    List<T> values() {
        return read.values().stream().map(Read::value).toList();
    }

    List<ClusterMaterials.Used> used() {
        return read.values().stream().map(Read::used).toList();
    }
}
