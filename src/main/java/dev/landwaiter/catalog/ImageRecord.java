package dev.landwaiter.catalog;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.Finding;
import dev.landwaiter.check.Outcome;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Shown;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is recorded of one image slot: a pure function of its final reference and its verdicts.
 *
 * @param image {@code registry/repository}
 * @param tag of the pinned reference, {@code ""} for none
 * @param digest of the pinned reference, {@code ""} where it could not be told
 * @param platform that the labels were read for, {@code ""} where they were not
 * @param outcome how it came through
 * @param policies that were asked, sorted
 * @param signers who signed, sorted
 * @param exceptions that let it through what does not accept it, sorted
 */
public record ImageRecord(
        String image,
        String tag,
        String digest,
        String platform,
        Outcome outcome,
        List<String> policies,
        List<String> signers,
        List<String> exceptions) {
    /** Of a platform, which an image's owner writes, and of a name or a signer, in characters; all are longer than any that is meant. */
    private static final int SHOWN = 400;
    /** What a record says in place of its lists where there is no room for them. */
    private static final String CUT = "cut";

    private static final List<String> LISTS = List.of("policies", "signers", "exceptions");

    public ImageRecord {
        platform = Shown.of(platform, SHOWN);
        exceptions = sorted(exceptions);
        policies = sorted(policies);
        signers = sorted(signers);
    }

    /** Each once, fit for people; most have none or one, which needs no sorting. */
    private static List<String> sorted(List<String> names) {
        return switch (names.size()) {
            case 0 -> List.of();
            case 1 -> List.of(Shown.of(names.getFirst(), SHOWN));
            default -> {
                SortedSet<String> sorted = new TreeSet<>();
                names.forEach(name -> sorted.add(Shown.of(name, SHOWN)));
                yield List.copyOf(sorted);
            }
        };
    }

    /** The record of an image that was looked at; empty for what is no reference. */
    public static Optional<ImageRecord> of(Finding finding) {
        ImageReference reference = finding.reference();
        return reference == null
                ? Optional.empty()
                : Optional.of(of(
                        reference,
                        Optional.ofNullable(finding.digest()),
                        finding.platform(),
                        finding.outcome(),
                        finding.policies(),
                        finding.signers(),
                        finding.exceptions()));
    }

    /** The record of {@code reference}, which stands in the object as {@code pinned} is in the end. */
    public static ImageRecord of(
            ImageReference reference,
            Optional<Digest> digest,
            String platform,
            Outcome outcome,
            List<String> policies,
            List<String> signers,
            List<String> exceptions) {
        String tag = reference.tag().orElse(reference.digest().isEmpty() ? ImageReference.DEFAULT_TAG : "");
        return new ImageRecord(
                reference.name(),
                tag,
                digest.or(reference::digest).map(Digest::toString).orElse(""),
                platform,
                outcome,
                policies,
                signers,
                exceptions);
    }

    /**
     * Writes it as JSON, without what is empty; the fields always in the same order.
     *
     * @param brief whether the lists are left out, and that said
     */
    void write(JsonGenerator json, boolean brief) throws IOException {
        json.writeStartObject();
        put(json, "image", image);
        put(json, "tag", tag);
        put(json, "digest", digest);
        put(json, "platform", platform);
        json.writeStringField("outcome", outcome.text());
        if (!brief) {
            put(json, "policies", policies);
            put(json, "signers", signers);
            put(json, "exceptions", exceptions);
        } else if (!policies.isEmpty()) {
            json.writeBooleanField(CUT, true);
        }
        json.writeEndObject();
    }

    /** {@code record}, which was written, without its lists. */
    static JsonNode brief(JsonNode record) {
        if (!(record instanceof ObjectNode whole) || LISTS.stream().noneMatch(whole::has)) {
            return record;
        }
        ObjectNode brief = whole.deepCopy();
        brief.remove(LISTS);
        return brief.put(CUT, true);
    }

    private static void put(JsonGenerator json, String field, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(field, value);
        }
    }

    private static void put(JsonGenerator json, String field, List<String> values) throws IOException {
        if (!values.isEmpty()) {
            json.writeArrayFieldStart(field);
            for (String value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        }
    }

    /** Whether {@code claimed} says no more than this record, which was derived: nothing better, nobody else, no other content. */
    boolean covers(JsonNode claimed) {
        Optional<Outcome> claim = Outcome.find(claimed.path("outcome").asText(""));
        if (!claimed.isObject() || claim.isEmpty() || claim.get().compareTo(outcome) > 0) {
            return false;
        }
        for (var field : claimed.properties()) {
            JsonNode value = field.getValue();
            boolean covered = switch (field.getKey()) {
                case "outcome" -> true;
                case CUT -> value.isBoolean();
                case "policies" -> within(value, policies);
                case "signers" -> within(value, signers);
                case "exceptions" -> within(value, exceptions);
                case "image" -> is(value, image);
                case "tag" -> is(value, tag);
                case "digest" -> is(value, digest);
                case "platform" -> is(value, platform);
                default -> false;
            };
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    /** What is empty was not written, so nobody can claim it. */
    private static boolean is(JsonNode claimed, String derived) {
        return !derived.isEmpty() && derived.equals(claimed.textValue());
    }

    /**
     * Nobody writes a name twice, and what was derived is sorted: so this takes no longer than what was derived is long, however often a
     * tenant claims the same.
     */
    private static boolean within(JsonNode claimed, List<String> derived) {
        if (!claimed.isArray() || claimed.size() > derived.size()) {
            return false;
        }
        for (JsonNode value : claimed) {
            if (!value.isTextual() || Collections.binarySearch(derived, value.textValue()) < 0) {
                return false;
            }
        }
        return true;
    }
}
