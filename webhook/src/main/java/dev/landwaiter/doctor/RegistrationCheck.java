package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** Whether the API server calls both webhooks, and for what it should. */
final class RegistrationCheck {
    /** A registry far away, with a signature to fetch, takes some seconds the first time. */
    private static final int SHORT_SECONDS = 5;

    private static final int DEFAULT_SECONDS = 10;
    private static final List<String> SHARED =
            List.of("rules", "namespaceSelector", "objectSelector", "failurePolicy", "matchPolicy", "matchConditions");

    private RegistrationCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        for (Part part : List.of(Part.MUTATING, Part.VALIDATING)) {
            if (snapshot.part(part).isKnown()
                    && Configurations.entry(part, snapshot).isEmpty()) {
                findings.add(
                        FindingCode.CONFIGURATION_MISSING,
                        Configurations.where(part, snapshot),
                        "It is not there, so the API server does not call %s, and images are not %s."
                                .formatted(
                                        part == Part.MUTATING ? "/mutate" : "/validate",
                                        part == Part.MUTATING ? "pinned" : "checked"),
                        "If somebody broke the glass, install again by helm upgrade; if it has another name, say so by --webhook-configuration.");
            }
        }
        Optional<Configurations.Entry> mutating = Configurations.entry(Part.MUTATING, snapshot);
        Optional<Configurations.Entry> validating = Configurations.entry(Part.VALIDATING, snapshot);
        if (mutating.isPresent() && validating.isPresent()) {
            compare(mutating.get(), validating.get(), findings);
        }
        Configurations.entries(snapshot).forEach(entry -> lookAt(entry, findings));
    }

    private static void compare(Configurations.Entry mutating, Configurations.Entry validating, Findings findings) {
        List<String> differ = SHARED.stream()
                .filter(field ->
                        !mutating.node().path(field).equals(validating.node().path(field)))
                .toList();
        if (!differ.isEmpty()) {
            findings.add(
                    FindingCode.CONFIGURATIONS_DIFFER,
                    validating.where(),
                    "Its %s differ from those of the %s. What only /validate sees is refused where it is not pinned; what only /mutate sees is never checked."
                            .formatted(String.join(", ", differ), mutating.where()),
                    "Install again by helm upgrade, or apply manifests/webhooks anew.");
        }
    }

    private static void lookAt(Configurations.Entry entry, Findings findings) {
        String missing = missingRules(entry);
        if (!missing.isEmpty()) {
            findings.add(
                    FindingCode.RULES_INCOMPLETE,
                    entry.where(),
                    "Its rules lack %s, so an image that comes that way is not looked at.".formatted(missing),
                    "Install again by helm upgrade, or apply manifests/webhooks anew.");
        }
        if (entry.text("failurePolicy").equals("Ignore")) {
            findings.add(
                    FindingCode.FAIL_OPEN,
                    entry.where(),
                    "Its failurePolicy is Ignore: while no replica answers, every image gets in unchecked.",
                    "Set admission.failurePolicy to Fail once you trust the installation.");
        }
        int seconds = entry.node().path("timeoutSeconds").asInt(DEFAULT_SECONDS);
        if (seconds < SHORT_SECONDS) {
            findings.add(
                    FindingCode.TIMEOUT_SHORT,
                    entry.where(),
                    "The API server waits %d s, which a registry may need for the first look at an image."
                            .formatted(seconds),
                    "Set admission.timeoutSeconds to 10.");
        }
        if (entry.node().path("matchConditions").isEmpty()) {
            findings.add(
                    FindingCode.MATCH_CONDITIONS_MISSING,
                    entry.where(),
                    "It has no matchConditions, so every change of a Pod is a call: while no replica answers, Jobs do not finish and Pods with finalizers do not go.",
                    "Install again by helm upgrade, or apply manifests/webhooks anew.");
        }
    }

    private static String missingRules(Configurations.Entry entry) {
        for (String wanted : List.of("CREATE pods", "UPDATE pods", "UPDATE pods/ephemeralcontainers")) {
            List<String> words = List.of(wanted.split(" ", -1));
            boolean there = false;
            for (JsonNode rule : entry.node().path("rules")) {
                there |= holds(rule.path("operations"), words.getFirst())
                        && (holds(rule.path("resources"), words.getLast()) || holds(rule.path("resources"), "*/*"))
                        && holds(rule.path("apiGroups"), "");
            }
            if (!there) {
                return wanted;
            }
        }
        return "";
    }

    private static boolean holds(JsonNode list, String wanted) {
        for (JsonNode one : list) {
            if (one.asText().equals(wanted) || one.asText().equals("*")) {
                return true;
            }
        }
        return false;
    }
}
