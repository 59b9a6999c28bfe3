package dev.landwaiter.catalog;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Cut;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.workload.Annotations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The records of one object's image slots, by {@link dev.landwaiter.workload.ImageSlot#key slot key}: derived ones, and those that slots
 * which did not change keep from the object as it was. No decision ever reads them. Immutable.
 */
public final class Records {
    public static final Records NONE = of(Map.of(), Integer.MAX_VALUE);
    private static final JsonMapper MAPPER = new JsonMapper();
    /** Of what somebody may have written: no key twice in one object, so that no two readers see two records. */
    private static final BoundedJson READER = new BoundedJson(Limits.defaults(), Limit.JSON_DEPTH);
    /** A generator gathers what is short and gives it out once, so the stream is then as large as that and no larger. */
    private static final int NOTHING_YET = 0;
    /** What saying how many more there are takes, in characters. */
    private static final int MORE = 30;

    private final SortedMap<String, JsonNode> written;
    private final SortedMap<String, ImageRecord> derived;
    /** In characters; longer texts do without the records' lists. */
    private final int most;
    /** Rendered at most once: the annotation and the audit annotation of one answer are the same text. */
    private @Nullable SerializableString text;
    /** Told at most once. */
    private @Nullable String plan;

    private Records(SortedMap<String, JsonNode> written, SortedMap<String, ImageRecord> derived, int most) {
        this.written = written;
        this.derived = derived;
        this.most = most;
    }

    /** Those that {@code annotation} holds; empty where it is no such JSON object, names a slot twice, or could not be written again. */
    public static Optional<Records> parse(String annotation) {
        JsonNode root;
        try {
            root = READER.read(annotation.getBytes(StandardCharsets.UTF_8), Code.REVIEW_MALFORMED, "the records");
        } catch (Failure e) {
            return Optional.empty();
        }
        if (!root.isObject() || !StandardCharsets.UTF_8.newEncoder().canEncode(root.toString())) {
            return Optional.empty();
        }
        SortedMap<String, JsonNode> written = new TreeMap<>();
        root.properties().forEach(entry -> written.put(entry.getKey(), entry.getValue()));
        return Optional.of(new Records(written, new TreeMap<>(), Integer.MAX_VALUE));
    }

    /**
     * Those of the slots that were checked, by slot key.
     *
     * @param most characters of their text: where all that there is to record takes more, policies, signers and exceptions are left out, and
     *     each record says so
     */
    public static Records of(Map<String, ImageRecord> derived, int most) {
        return new Records(new TreeMap<>(), new TreeMap<>(derived), most);
    }

    /** These, which were derived, and {@code kept} of old ones, by slot key. */
    public Records with(Records old, List<String> kept) {
        if (kept.isEmpty()) {
            return this;
        }
        SortedMap<String, JsonNode> keeping = new TreeMap<>();
        for (String slot : kept) {
            JsonNode record = old.written.get(slot);
            if (record != null) {
                keeping.put(slot, record);
            }
        }
        return new Records(keeping, derived, most);
    }

    public boolean isEmpty() {
        return written.isEmpty() && derived.isEmpty();
    }

    /** The value of {@link Annotations#IMAGES}: one line of JSON, slots sorted. */
    public String text() {
        return line().getValue();
    }

    /** The {@link #text} as a JSON generator takes it: escaped at most once, however often it is written. */
    public SerializableString line() {
        SerializableString known = text;
        if (known == null) {
            known = new SerializedString(render());
            text = known;
        }
        return known;
    }

    /**
     * As many records as have room in {@code most} characters, as a generator takes them; how many others there are stands under {@code more}.
     * For whoever only reads: the {@link #text} of these records is another.
     */
    public SerializableString line(int most) {
        if (text().length() <= most) {
            return line();
        }
        List<String> slots = slots();
        Map<String, String> rendered = new HashMap<>();
        for (String slot : slots) {
            rendered.put(slot, render(List.of(slot), 0, true));
        }
        Cut<String> cut = Cut.toFit(
                slots, most - MORE, slot -> rendered.getOrDefault(slot, "").length());
        return new SerializedString(render(cut.kept(), cut.more(), true));
    }

    private List<String> slots() {
        SortedSet<String> slots = new TreeSet<>(written.keySet());
        slots.addAll(derived.keySet());
        return List.copyOf(slots);
    }

    private String render() {
        List<String> slots = slots();
        String whole = render(slots, 0, false);
        return whole.length() <= most ? whole : render(slots, 0, true);
    }

    private String render(List<String> slots, int more, boolean brief) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(NOTHING_YET);
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartObject();
            for (String slot : slots) {
                json.writeFieldName(slot);
                ImageRecord record = derived.get(slot);
                if (record != null) {
                    record.write(json, brief);
                } else {
                    JsonNode kept = written.getOrDefault(slot, NullNode.getInstance());
                    json.writeTree(brief ? ImageRecord.brief(kept) : kept);
                }
            }
            if (more > 0) {
                json.writeNumberField("more", more);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The annotations that tell of these records; none where there are none. */
    public Map<String, String> annotations() {
        return isEmpty() ? Map.of() : annotations(text(), plan());
    }

    /** The annotations that stand beside each other where {@code images}, the value of {@link Annotations#IMAGES}, stays as it is written. */
    public static Map<String, String> annotations(String images) {
        return annotations(images, planOf(images));
    }

    private static Map<String, String> annotations(String images, String plan) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(Annotations.IMAGES, images);
        annotations.put(Annotations.PLAN, plan);
        return annotations;
    }

    private String plan() {
        String known = plan;
        if (known == null) {
            known = planOf(text());
            plan = known;
        }
        return known;
    }

    /** The value of {@link Annotations#PLAN} beside {@code images}, the value of {@link Annotations#IMAGES}. */
    public static String planOf(String images) {
        return Digest.sha256(images.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /**
     * The first slot for which these records, which somebody wrote, claim more than what was derived or kept; empty where none does.
     *
     * @param checked what was derived of the slots that were checked
     * @param old of the object as it was
     * @param kept the keys of the slots that did not change
     */
    public Optional<String> firstOverclaim(Records checked, Records old, Iterable<String> kept) {
        SortedMap<String, JsonNode> claims = new TreeMap<>(written);
        for (String slot : kept) {
            JsonNode claim = claims.remove(slot);
            JsonNode before = old.written.get(slot);
            boolean same = claim == null
                    || (before != null && (claim.equals(before) || claim.equals(ImageRecord.brief(before))));
            if (!same) {
                return Optional.of(slot);
            }
        }
        for (Map.Entry<String, JsonNode> claim : claims.entrySet()) {
            ImageRecord record = checked.derived.get(claim.getKey());
            if (record == null || !record.covers(claim.getValue())) {
                return Optional.of(claim.getKey());
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Records records && written.equals(records.written) && derived.equals(records.derived);
    }

    @Override
    public int hashCode() {
        return 31 * written.hashCode() + derived.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
