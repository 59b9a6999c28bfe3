package dev.landwaiter.app;

import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import java.util.concurrent.atomic.AtomicReference;

/** A cluster's policies and a folder's together; a new set is made only where one of them has a new one. */
final class JoinedPolicies implements PolicySource {
    private final PolicySource cluster;
    private final PolicySource folder;
    private final AtomicReference<Joined> joined = new AtomicReference<>(new Joined(PolicySet.EMPTY, PolicySet.EMPTY));

    JoinedPolicies(PolicySource cluster, PolicySource folder) {
        this.cluster = cluster;
        this.folder = folder;
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
