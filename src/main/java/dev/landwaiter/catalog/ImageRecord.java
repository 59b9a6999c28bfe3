package dev.landwaiter.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.util.List;
import java.util.Optional;
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
 * @param config where its configuration comes from, {@code ""} for nowhere
 */
public record ImageRecord(
        String image,
        String tag,
        String digest,
        String platform,
        Outcome outcome,
        List<String> policies,
        List<String> signers,
        List<String> exceptions,
        String config) {
    public ImageRecord {
        exceptions = List.copyOf(new TreeSet<>(exceptions));
        policies = List.copyOf(new TreeSet<>(policies));
        signers = List.copyOf(new TreeSet<>(signers));
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
                exceptions,
                "");
    }

    /** As JSON, without what is empty; the fields always in the same order. */
    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "image", image);
        put(json, "tag", tag);
        put(json, "digest", digest);
        put(json, "platform", platform);
        json.put("outcome", outcome.text());
        put(json, "policies", policies);
        put(json, "signers", signers);
        put(json, "exceptions", exceptions);
        put(json, "config", config);
        return json;
    }

    private static void put(ObjectNode json, String field, String value) {
        if (!value.isEmpty()) {
            json.put(field, value);
        }
    }

    private static void put(ObjectNode json, String field, List<String> values) {
        if (!values.isEmpty()) {
            var array = json.putArray(field);
            values.forEach(array::add);
        }
    }

    /** Whether {@code claimed} says no more than this record, which was derived: nothing better, nobody else, no other content. */
    boolean covers(JsonNode claimed) {
        Optional<Outcome> claim = Outcome.find(claimed.path("outcome").asText(""));
        if (!claimed.isObject() || claim.isEmpty() || claim.get().compareTo(outcome) > 0) {
            return false;
        }
        ObjectNode derived = toJson();
        for (var field : claimed.properties()) {
            boolean covered = switch (field.getKey()) {
                case "outcome" -> true;
                case "policies" -> within(field.getValue(), policies);
                case "signers" -> within(field.getValue(), signers);
                case "exceptions" -> within(field.getValue(), exceptions);
                default -> field.getValue().equals(derived.get(field.getKey()));
            };
            if (!covered) {
                return false;
            }
        }
        return true;
    }

    private static boolean within(JsonNode claimed, List<String> derived) {
        if (!claimed.isArray()) {
            return false;
        }
        for (JsonNode value : claimed) {
            if (!value.isTextual() || !derived.contains(value.textValue())) {
                return false;
            }
        }
        return true;
    }
}
