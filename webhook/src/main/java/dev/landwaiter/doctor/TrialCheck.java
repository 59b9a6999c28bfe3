package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;

/** What became of a Pod that the API server was asked to admit, and not to keep. */
final class TrialCheck {
    private TrialCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        snapshot.trial().ifPresent(trial -> look(trial, findings));
    }

    private static void look(Snapshot.Trial trial, Findings findings) {
        String where = "namespace \"%s\"".formatted(trial.namespace());
        String words = trial.reply().words();
        if (trial.reply().isGood()) {
            taken(trial, where, findings);
        } else if (words.contains("failed calling webhook") && words.contains(".landwaiter.dev")) {
            findings.add(
                    FindingCode.WEBHOOK_UNREACHABLE,
                    where,
                    "The API server could not call the webhook: " + words + ".",
                    "If it names a certificate, see the findings above; if a timeout, the NetworkPolicy and what lies between the API server and the Pods' port.");
        } else if (words.contains(".landwaiter.dev\" denied the request")) {
            findings.add(
                    FindingCode.TRIAL_DENIED,
                    where,
                    "The webhook answers. It denied a Pod with %s: %s".formatted(trial.image(), words),
                    "Nothing to do if a policy is to refuse this image; else name one that it is to admit by --image.");
        } else if (ClusterReader.isForbidden(trial.reply())) {
            findings.add(
                    FindingCode.CANNOT_LOOK,
                    where,
                    "No Pod could be tried: " + words + ".",
                    "Ask an admin of the cluster for the right to create pods in that namespace; none is kept.");
        } else {
            findings.add(
                    FindingCode.TRIAL_REFUSED,
                    where,
                    "The API server refused the Pod before the webhook decided: " + words + ".",
                    "Mend that, or name another opted-in namespace by --namespace.");
        }
    }

    private static void taken(Snapshot.Trial trial, String where, Findings findings) {
        JsonNode annotations = trial.reply().body().path("metadata").path("annotations");
        if (annotations.has("catalog.landwaiter.dev/images")) {
            findings.add(
                    FindingCode.TRIAL_ADMITTED,
                    where,
                    "The webhook answers. It admitted a Pod with %s as %s."
                            .formatted(
                                    trial.image(),
                                    trial.reply()
                                            .body()
                                            .path("spec")
                                            .path("containers")
                                            .path(0)
                                            .path("image")
                                            .asText()),
                    "Nothing to do.");
        } else {
            findings.add(
                    FindingCode.WEBHOOK_NOT_CALLED,
                    where,
                    "The API server took a Pod with %s and the webhook recorded nothing on it, so it was not called, or the call failed and failurePolicy is Ignore."
                            .formatted(trial.image()),
                    "See that the namespace is opted in: kubectl get namespace %s --show-labels. Opted in by: kubectl label namespace %s %s=enabled"
                            .formatted(trial.namespace(), trial.namespace(), NamespaceCheck.LABEL));
        }
    }
}
