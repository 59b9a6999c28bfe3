package dev.landwaiter.doctor;

import java.util.LinkedHashSet;
import java.util.Set;

/** What could not be looked at, with the right that it takes. */
final class UnseenCheck {
    private UnseenCheck() {}

    static void look(Snapshot snapshot, Findings findings) {
        Set<String> told = new LinkedHashSet<>();
        for (Part part : Part.values()) {
            if (snapshot.part(part) instanceof Look.Unseen(String why) && told.add(part.right())) {
                findings.add(
                        FindingCode.CANNOT_LOOK,
                        part.right(),
                        "This could not be looked at: " + why + ".",
                        "Ask an admin of the cluster for the right to %s, or let one run this command."
                                .formatted(part.right()));
            }
        }
        snapshot.rightsUnseen()
                .ifPresent(
                        why -> findings.add(
                                FindingCode.CANNOT_LOOK,
                                "create subjectaccessreviews",
                                "The webhook's rights could not be asked for: " + why + ".",
                                "Ask an admin of the cluster for the right to create subjectaccessreviews.authorization.k8s.io."));
        if (!snapshot.others().isEmpty()) {
            findings.add(
                    FindingCode.SEVERAL_INSTALLATIONS,
                    "webhook configurations",
                    "There are others beside \"%s\": %s."
                            .formatted(
                                    snapshot.installation().name(),
                                    String.join(
                                            ", ",
                                            snapshot.others().stream().sorted().toList())),
                    "Name one by --webhook-configuration.");
        }
    }
}
