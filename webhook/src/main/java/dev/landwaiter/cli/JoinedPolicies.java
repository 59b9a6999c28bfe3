package dev.landwaiter.cli;

import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import java.util.ArrayList;
import java.util.List;
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
            this(cluster, folder, join(cluster, folder));
        }

        private static PolicySet join(PolicySet one, PolicySet other) {
            List<ImagePolicy> all = new ArrayList<>(one.policies());
            all.addAll(other.policies());
            List<Exemption> exemptions = new ArrayList<>(one.exemptions());
            exemptions.addAll(other.exemptions());
            return new PolicySet(all, exemptions);
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
