package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.policy.LabelSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether enough replicas are up, and stay so while nodes are drained. */
final class ReplicaCheck {
    private ReplicaCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        JsonNode deployment = snapshot.installation().deployment();
        if (deployment.isMissingNode()) {
            if (snapshot.part(Part.DEPLOYMENTS).isKnown()) {
                findings.add(
                        FindingCode.DEPLOYMENT_MISSING,
                        "namespace \"%s\"".formatted(snapshot.installation().namespace()),
                        "There is no Deployment of the webhook, and the configurations have the API server call it: Pods of opted-in namespaces are refused.",
                        "Install again by helm upgrade --install, or uninstall the rest by helm uninstall.");
            }
            return;
        }
        String where = "Deployment \"%s/%s\""
                .formatted(
                        snapshot.installation().namespace(),
                        deployment.path("metadata").path("name").asText());
        int wanted = deployment.path("spec").path("replicas").asInt(1);
        int ready = deployment.path("status").path("readyReplicas").asInt(0);
        String see = "See kubectl -n %s describe pods, and the log; /readyz of a replica says what it waits for."
                .formatted(snapshot.installation().namespace());
        if (ready == 0) {
            findings.add(
                    FindingCode.NO_REPLICA_READY,
                    where,
                    "None of its %d replicas is ready, so Pods of opted-in namespaces are refused.".formatted(wanted),
                    see);
        } else if (ready < wanted) {
            findings.add(
                    FindingCode.REPLICAS_NOT_READY,
                    where,
                    "%d of its %d replicas are ready.".formatted(ready, wanted),
                    see);
        }
        if (wanted == 1) {
            findings.add(
                    FindingCode.ONE_REPLICA,
                    where,
                    "It has one replica: while a node is drained, Pods of opted-in namespaces are refused.",
                    "Set replicas to 2 or more.");
        }
        lookAtNodes(snapshot, where, deployment, findings);
        lookAtBudget(snapshot, where, deployment, wanted, findings);
    }

    private static void lookAtNodes(Snapshot snapshot, String where, JsonNode deployment, Findings findings) {
        LabelSelector selector = new LabelSelector(
                Configurations.texts(deployment.path("spec").path("selector").path("matchLabels")), List.of());
        Set<String> nodes = new HashSet<>();
        int pods = 0;
        for (JsonNode pod : snapshot.part(Part.PODS).items()) {
            String node = pod.path("spec").path("nodeName").asText();
            if (!node.isEmpty()
                    && !pod.path("metadata").has("deletionTimestamp")
                    && selector.matches(
                            Configurations.texts(pod.path("metadata").path("labels")))) {
                pods++;
                boolean _ = nodes.add(node);
            }
        }
        if (pods > 1 && nodes.size() == 1) {
            findings.add(
                    FindingCode.ONE_NODE,
                    where,
                    "All %d replicas are on node \"%s\": if it goes, so do they."
                            .formatted(pods, nodes.iterator().next()),
                    "On a cluster of one node there is nothing to do; else delete one of the Pods, and it is put elsewhere.");
        }
    }

    private static void lookAtBudget(
            Snapshot snapshot, String where, JsonNode deployment, int wanted, Findings findings) {
        if (!snapshot.part(Part.BUDGETS).isKnown()) {
            return;
        }
        Map<String, String> labels = Configurations.texts(
                deployment.path("spec").path("template").path("metadata").path("labels"));
        Optional<JsonNode> budget = snapshot.part(Part.BUDGETS).items().stream()
                .filter(one -> new LabelSelector(
                                Configurations.texts(
                                        one.path("spec").path("selector").path("matchLabels")),
                                List.of())
                        .matches(labels))
                .findFirst();
        if (budget.isEmpty()) {
            findings.add(
                    FindingCode.BUDGET_MISSING,
                    where,
                    "No PodDisruptionBudget is for its Pods: nodes that are drained together take all replicas at once.",
                    "Set podDisruptionBudget.enabled.");
            return;
        }
        int least = leastReplicas(snapshot, deployment, wanted);
        if (blocks(budget.get(), least)) {
            findings.add(
                    FindingCode.BUDGET_BLOCKS,
                    "PodDisruptionBudget \"%s/%s\""
                            .formatted(
                                    snapshot.installation().namespace(),
                                    budget.get().path("metadata").path("name").asText()),
                    "It lets no replica go while there are %d of them, so kubectl drain waits without end."
                            .formatted(least),
                    "Set podDisruptionBudget.maxUnavailable to 1 in place of minAvailable, or raise the replicas.");
        }
    }

    /** As few as an autoscaler may leave, else as many as there should be. */
    private static int leastReplicas(Snapshot snapshot, JsonNode deployment, int wanted) {
        String name = deployment.path("metadata").path("name").asText();
        for (JsonNode one : snapshot.part(Part.AUTOSCALERS).items()) {
            if (one.path("spec").path("scaleTargetRef").path("name").asText().equals(name)) {
                return one.path("spec").path("minReplicas").asInt(1);
            }
        }
        return wanted;
    }

    private static boolean blocks(JsonNode budget, int least) {
        JsonNode spec = budget.path("spec");
        if (spec.has("maxUnavailable")) {
            return share(spec.path("maxUnavailable"), least) == 0;
        }
        return spec.has("minAvailable") && share(spec.path("minAvailable"), least) >= least;
    }

    /** A number, or a percentage, which Kubernetes rounds up. */
    private static int share(JsonNode value, int of) {
        String text = value.asText();
        return text.endsWith("%")
                ? Math.ceilDiv(Integer.parseInt(text.substring(0, text.length() - 1)) * of, 100)
                : value.asInt();
    }
}
