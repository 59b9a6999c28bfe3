package dev.landwaiter.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The records of one object's image slots, by {@link dev.landwaiter.workload.ImageSlot#key slot key}: derived ones, and those that slots
 * which did not change keep from the object as it was. No decision ever reads them. Immutable.
 */
public final class Records {
    public static final Records NONE = new Records(new TreeMap<>());
    private static final JsonMapper MAPPER = new JsonMapper();

    private final SortedMap<String, JsonNode> bySlot;

    private Records(SortedMap<String, JsonNode> bySlot) {
        this.bySlot = bySlot;
    }

    /** Those that {@code annotation} holds; empty where it is no such JSON object. */
    public static Optional<Records> parse(String annotation) {
        try {
            JsonNode root = MAPPER.readTree(annotation);
            if (root.isObject()) {
                SortedMap<String, JsonNode> bySlot = new TreeMap<>();
                root.properties().forEach(entry -> bySlot.put(entry.getKey(), entry.getValue()));
                return Optional.of(new Records(bySlot));
            }
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** {@code kept} of old records, by slot key, and {@code derived} ones. */
    public static Records of(Records old, Iterable<String> kept, Map<String, ImageRecord> derived) {
        SortedMap<String, JsonNode> bySlot = new TreeMap<>();
        for (String slot : kept) {
            JsonNode record = old.bySlot.get(slot);
            if (record != null) {
                bySlot.put(slot, record);
            }
        }
        derived.forEach((slot, record) -> bySlot.put(slot, record.toJson()));
        return new Records(bySlot);
    }

    public boolean isEmpty() {
        return bySlot.isEmpty();
    }

    /** The value of {@link Annotations#IMAGES}: one line of JSON, slots sorted. */
    public String text() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        bySlot.forEach(root::set);
        return root.toString();
    }

    /** The annotations that tell of these records; none where there are none. */
    public Map<String, String> annotations() {
        if (isEmpty()) {
            return Map.of();
        }
        String text = text();
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(Annotations.IMAGES, text);
        annotations.put(Annotations.PLAN, planOf(text));
        return annotations;
    }

    /** The value of {@link Annotations#PLAN} beside {@code images}, the value of {@link Annotations#IMAGES}. */
    public static String planOf(String images) {
        return Digest.sha256(images.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /**
     * The first slot for which these records, which somebody wrote, claim more than what was derived or kept; empty where none does.
     *
     * @param derived by slot key, of the slots that were checked
     * @param old of the object as it was
     * @param kept the keys of the slots that did not change
     */
    public Optional<String> firstOverclaim(Map<String, ImageRecord> derived, Records old, Iterable<String> kept) {
        SortedMap<String, JsonNode> claims = new TreeMap<>(bySlot);
        for (String slot : kept) {
            JsonNode claim = claims.remove(slot);
            if (claim != null && !claim.equals(old.bySlot.get(slot))) {
                return Optional.of(slot);
            }
        }
        for (Map.Entry<String, JsonNode> claim : claims.entrySet()) {
            ImageRecord record = derived.get(claim.getKey());
            if (record == null || !record.covers(claim.getValue())) {
                return Optional.of(claim.getKey());
            }
        }
        return Optional.empty();
    }
}
