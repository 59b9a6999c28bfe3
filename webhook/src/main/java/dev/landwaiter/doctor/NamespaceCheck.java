package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.LabelSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which namespaces are opted in, and which must not be. */
final class NamespaceCheck {
    static final String LABEL = "landwaiter.dev/admission";
    private static final String NAME = "kubernetes.io/metadata.name";

    private NamespaceCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        for (Configurations.Entry entry : Configurations.entries(snapshot)) {
            LabelSelector selector = entry.namespaces();
            if (selector.matches(labelled("kube-system", Map.of()))) {
                findings.add(
                        FindingCode.KUBE_SYSTEM_SELECTED,
                        entry.where(),
                        "Its namespaceSelector can take in kube-system: a cluster that restarts may not come up while no replica answers.",
                        "Leave kube-system out by " + NAME + ", as the chart does.");
            }
            String own = snapshot.installation().namespace();
            if (snapshot.installation().isInCluster() && selector.matches(labelled(own, Map.of()))) {
                findings.add(
                        FindingCode.OWN_NAMESPACE_SELECTED,
                        entry.where(),
                        "Its namespaceSelector can take in \"%s\", the webhook's own namespace: once no replica is up, none can start."
                                .formatted(own),
                        "Leave it out by " + NAME + ", as the chart does.");
            }
        }
        if (snapshot.part(Part.NAMESPACES) instanceof Look.Seen) {
            Configurations.entry(Part.VALIDATING, snapshot).ifPresent(entry -> count(snapshot, entry, findings));
        }
    }

    /** Anybody may come to put the label there, so it counts as put. */
    private static Map<String, String> labelled(String name, Map<String, String> labels) {
        Map<String, String> all = new HashMap<>(labels);
        all.put(NAME, name);
        all.put(LABEL, "enabled");
        return all;
    }

    private static void count(Snapshot snapshot, Configurations.Entry entry, Findings findings) {
        LabelSelector selector = entry.namespaces();
        List<String> excluded = new ArrayList<>();
        int optedIn = 0;
        for (JsonNode namespace : snapshot.part(Part.NAMESPACES).items()) {
            Map<String, String> labels =
                    Configurations.texts(namespace.path("metadata").path("labels"));
            if (selector.matches(labels)) {
                optedIn++;
            } else if ("enabled".equals(labels.get(LABEL))) {
                excluded.add(namespace.path("metadata").path("name").asText());
            }
        }
        if (!excluded.isEmpty()) {
            findings.add(
                    FindingCode.OPTED_IN_BUT_EXCLUDED,
                    entry.where(),
                    "These namespaces have the label %s=enabled, and its namespaceSelector leaves them out, so their Pods are not checked: %s."
                            .formatted(LABEL, String.join(", ", excluded)),
                    "Take the label away, or the exclusion.");
        }
        if (optedIn == 0) {
            findings.add(
                    FindingCode.NOTHING_OPTED_IN,
                    entry.where(),
                    "It selects none of the cluster's namespaces, so no Pod is checked.",
                    "Opt one in: kubectl label namespace NAME %s=enabled".formatted(LABEL));
        }
    }
}
