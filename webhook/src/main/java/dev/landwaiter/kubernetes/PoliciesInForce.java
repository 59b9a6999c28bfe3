package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.TrustRoot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is in force, put together from what cluster admins and what tenants wrote as either was read, and swapped as a whole. Nothing is in
 * force before both have been read once; but whatever admins wrote waits only so long for what tenants did.
 */
final class PoliciesInForce {
    private final Duration patience;
    private PolicySet policies = PolicySet.EMPTY;
    private List<TrustRoot> trustRoots = List.of();
    private boolean ofClusterRead;
    private boolean ofNamespacesListed;
    private boolean ofNamespacesRead;
    private @Nullable Deadline latest;
    private volatile @Nullable State state;

    private record State(PolicySet policies, List<TrustRoot> trustRoots) {}

    /** @param patience how long what was listed waits for the rest to be read */
    PoliciesInForce(Duration patience) {
        this.patience = patience;
    }

    /** Empty as long as nothing is in force: that is not the same as an empty set. */
    Optional<PolicySet> policies() {
        return Optional.ofNullable(state).map(State::policies);
    }

    /** Broken ones among them. */
    List<TrustRoot> trustRoots() {
        State now = state;
        return now == null ? List.of() : now.trustRoots();
    }

    /** Waits until something is in force, at the latest by {@code deadline}; says whether it is. */
    synchronized boolean await(Deadline deadline) {
        try {
            while (state == null && !deadline.expired()) {
                // at least a moment: 0 would be for ever
                wait(Math.max(1, deadline.remaining().toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return state != null;
    }

    /**
     * Takes over what admins wrote.
     *
     * @param changed the ClusterImagePolicies; null where they are as they were
     * @param exemptions null where they are as they were
     * @param whole whether all of it is read as it will be
     */
    synchronized void ofCluster(
            @Nullable List<ImagePolicy> changed,
            @Nullable List<Exemption> exemptions,
            List<TrustRoot> roots,
            boolean whole) {
        PolicySet next = changed == null ? policies : policies.withClusterPolicies(changed);
        policies = exemptions == null ? next : next.withExemptions(exemptions);
        trustRoots = roots;
        ofClusterRead |= whole;
        if (latest == null) {
            latest = Deadline.in(patience);
        }
        show();
    }

    /** Takes over the ImagePolicies of {@code namespace}. */
    synchronized void ofNamespace(String namespace, List<ImagePolicy> changed) {
        policies = policies.withPoliciesOf(namespace, changed);
        show();
    }

    /** From now on every namespace that has ImagePolicies has something in force, if only a refusal. */
    synchronized void ofNamespacesListed() {
        ofNamespacesListed = true;
        show();
    }

    /** All namespaces' ImagePolicies have been read. */
    synchronized void ofNamespacesRead() {
        ofNamespacesRead = true;
        show();
    }

    /** Whether nothing is in force yet, and it is time to look again soon. */
    synchronized boolean waiting() {
        show();
        return state == null && latest != null;
    }

    private void show() {
        boolean late = latest != null && latest.expired();
        if (state != null || (ofNamespacesListed && latest != null && (late || (ofClusterRead && ofNamespacesRead)))) {
            state = new State(policies, trustRoots);
            notifyAll();
        }
    }
}
