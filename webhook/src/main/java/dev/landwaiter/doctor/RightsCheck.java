package dev.landwaiter.doctor;

import java.util.List;
import java.util.Map;

/** Whether the webhook's account may do what it must, and nothing that makes it more than a webhook. */
final class RightsCheck {
    private RightsCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        String where = "ServiceAccount \"%s/%s\""
                .formatted(
                        snapshot.installation().namespace(),
                        snapshot.installation().account());
        String missing = texts(snapshot, Right.Need.NEEDED, false);
        if (!missing.isEmpty()) {
            findings.add(
                    FindingCode.RIGHT_MISSING,
                    where,
                    "It may not %s. Policies are then not read, or their status is not written.".formatted(missing),
                    "Install again by helm upgrade, or apply manifests/base anew.");
        }
        String unread = texts(snapshot, Right.Need.WISHED, false);
        if (!unread.isEmpty()) {
            findings.add(
                    FindingCode.PULL_SECRETS_UNREADABLE,
                    where,
                    "It may not %s in all namespaces, so images that need a Pod's credentials are checked only where a RoleBinding lets it."
                            .formatted(unread),
                    "Nothing to do if that is meant; else set pullSecrets.enabled, or pullSecrets.namespaces.");
        }
        String more = texts(snapshot, Right.Need.TOO_MUCH, true);
        if (!more.isEmpty()) {
            findings.add(
                    FindingCode.RIGHT_TOO_MUCH,
                    where,
                    "It may %s. Whoever takes over a replica then has that as well, and the webhook needs none of it."
                            .formatted(more),
                    "Find the binding by kubectl get clusterrolebindings,rolebindings -A -o wide, and take it away.");
        }
    }

    private static String texts(Snapshot snapshot, Right.Need need, boolean allowed) {
        List<String> texts = snapshot.rights().entrySet().stream()
                .filter(one -> one.getKey().need() == need && one.getValue() == allowed)
                .map(Map.Entry::getKey)
                .map(Right::text)
                .sorted()
                .toList();
        return String.join(", ", texts);
    }
}
