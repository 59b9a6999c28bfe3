package dev.landwaiter.doctor;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Looks at a cluster and says what is wrong with the installation there. */
public final class Examination {
    /** What is asked for. */
    public record Asked(
            Optional<String> configuration, String ownNamespace, Optional<String> trialNamespace, String image) {}

    /**
     * The outcome.
     *
     * @param name of the webhook configurations that were looked at
     * @param findings the worst first
     */
    public record Report(String name, String namespace, List<DoctorFinding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    private Examination() {}

    /** Looks once. */
    public static Report of(ClusterApi api, Asked asked, InstantSource clock) {
        Snapshot snapshot = new ClusterReader(api, clock).read(asked);
        return new Report(
                snapshot.installation().name(), snapshot.installation().namespace(), findings(snapshot));
    }

    /** What is wrong in {@code snapshot}, the worst first. */
    static List<DoctorFinding> findings(Snapshot snapshot) {
        Findings findings = new Findings();
        UnseenCheck.look(snapshot, findings);
        RegistrationCheck.look(snapshot, findings);
        NamespaceCheck.look(snapshot, findings);
        ServedCertificateCheck.look(snapshot, findings);
        RightsCheck.look(snapshot, findings);
        if (snapshot.installation().isInCluster()) {
            ReplicaCheck.look(snapshot, findings);
            ServiceCheck.look(snapshot, findings);
        }
        TrialCheck.look(snapshot, findings);
        DefinitionCheck.look(snapshot, findings);
        SurroundingsCheck.look(snapshot, findings);
        List<DoctorFinding> sorted = new ArrayList<>(findings.all());
        sorted.sort(Comparator.comparing(DoctorFinding::severity).thenComparing(DoctorFinding::code));
        return sorted;
    }
}
