package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.LabelSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The two webhook configurations of an installation, as checks read them. */
final class Configurations {
    private Configurations() {}

    /**
     * One webhook, for instance of the MutatingWebhookConfiguration.
     *
     * @param where for messages: {@code MutatingWebhookConfiguration "landwaiter"}
     */
    record Entry(String where, JsonNode node) {
        String text(String field) {
            return node.path(field).asText();
        }

        LabelSelector namespaces() {
            return selector(node.path("namespaceSelector"));
        }
    }

    static String where(Part part, Snapshot snapshot) {
        String kind = part == Part.MUTATING ? "MutatingWebhookConfiguration" : "ValidatingWebhookConfiguration";
        return kind + " \"" + snapshot.installation().name() + "\"";
    }

    /** The webhook for Pods of one configuration, empty where that is missing or was not seen. */
    static Optional<Entry> entry(Part part, Snapshot snapshot) {
        for (JsonNode one : snapshot.part(part).items()) {
            if (one.path("metadata")
                            .path("name")
                            .asText()
                            .equals(snapshot.installation().name())
                    && !one.path("webhooks").isEmpty()) {
                return Optional.of(
                        new Entry(where(part, snapshot), one.path("webhooks").path(0)));
            }
        }
        return Optional.empty();
    }

    /** Every webhook of both, also those that only warn: each has a caBundle of its own. */
    static List<Entry> allEntries(Snapshot snapshot) {
        List<Entry> entries = new ArrayList<>();
        for (Part part : List.of(Part.MUTATING, Part.VALIDATING)) {
            for (JsonNode one : snapshot.part(part).items()) {
                if (one.path("metadata")
                        .path("name")
                        .asText()
                        .equals(snapshot.installation().name())) {
                    one.path("webhooks")
                            .forEach(webhook -> entries.add(new Entry(
                                    "%s, %s"
                                            .formatted(
                                                    where(part, snapshot),
                                                    webhook.path("name").asText()),
                                    webhook)));
                }
            }
        }
        return entries;
    }

    static List<Entry> entries(Snapshot snapshot) {
        List<Entry> entries = new ArrayList<>();
        entry(Part.MUTATING, snapshot).ifPresent(entries::add);
        entry(Part.VALIDATING, snapshot).ifPresent(entries::add);
        return entries;
    }

    private static LabelSelector selector(JsonNode node) {
        List<LabelSelector.Expression> expressions = new ArrayList<>();
        for (JsonNode one : node.path("matchExpressions")) {
            Set<String> values = new HashSet<>();
            one.path("values").forEach(value -> {
                boolean _ = values.add(value.asText());
            });
            expressions.add(new LabelSelector.Expression(
                    one.path("key").asText(), operator(one.path("operator").asText()), values));
        }
        return new LabelSelector(texts(node.path("matchLabels")), expressions);
    }

    /** The API server takes no other. */
    private static LabelSelector.Operator operator(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "in" -> LabelSelector.Operator.IN;
            case "notin" -> LabelSelector.Operator.NOT_IN;
            case "exists" -> LabelSelector.Operator.EXISTS;
            default -> LabelSelector.Operator.DOES_NOT_EXIST;
        };
    }

    static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties().forEach(field -> {
            Object _ = texts.put(field.getKey(), field.getValue().asText());
        });
        return texts;
    }
}
