package dev.landwaiter.app;

import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A cluster's policies and a folder's together; a new set is made only where one of them has a new one. */
final class JoinedPolicies implements PolicySource {
    private final PolicySource cluster;
    private final PolicySource folder;
    private final AtomicReference<Joined> joined = new AtomicReference<>(new Joined(PolicySet.EMPTY, PolicySet.EMPTY));

    private JoinedPolicies(PolicySource cluster, PolicySource folder) {
        this.cluster = cluster;
        this.folder = folder;
    }

    /** Those of {@code cluster}, and with them those of {@code folder}, if there is one. */
    static PolicySource of(PolicySource cluster, Optional<? extends PolicySource> folder) {
        return folder.<PolicySource>map(files -> new JoinedPolicies(cluster, files))
                .orElse(cluster);
    }

    private record Joined(PolicySet cluster, PolicySet folder, PolicySet both) {
        Joined(PolicySet cluster, PolicySet folder) {
            this(cluster, folder, cluster.and(folder));
        }
    }

    @Override
    public PolicySet current() {
        PolicySet ofCluster = cluster.current();
        PolicySet ofFolder = folder.current();
        Joined known = joined.get();
        if (known.cluster() != ofCluster || known.folder() != ofFolder) {
            known = new Joined(ofCluster, ofFolder);
            joined.set(known);
        }
        return known.both();
    }
}
