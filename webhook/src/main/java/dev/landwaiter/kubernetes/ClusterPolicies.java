package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.TrustedRoot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's policies, exceptions and trust roots, watched, with the Secrets and ConfigMaps that they refer to, each with its
 * status written back. A change of any of them is in force as soon as it was read. What was seen last stays in force while the watch is down.
 *
 * <p>What cluster admins write is read on one thread, what tenants write on another, so that no tenant delays or stops the former.
 */
public final class ClusterPolicies implements PolicySource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPolicies.class);
    /** At the start, how long what was listed waits for all of it to be read. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The watches that say what is in force. */
    private static final List<String> WATCHES = Stream.concat(
                    Stream.of(PolicyKind.values()).map(PolicyKind::plural), Stream.of(Watches.MATERIALS))
            .toList();

    private final ClusterConnection cluster;
    private final Map<PolicyKind, WatchedKind> watched = new EnumMap<>(PolicyKind.class);
    private final Statuses statuses;
    private final PoliciesInForce inForce;
    private final ObjectPoll poll;
    private final AdminPolicies ofCluster;
    private final TenantPolicies ofNamespaces;

    /**
     * Starts to watch at once, and goes on trying where it cannot.
     *
     * @param ownNamespace the webhook's, whose Secrets and ConfigMaps ClusterImagePolicies and TrustRoots may name
     * @param publicGood the trust root of policies without one; after a change of it call {@link #readAgain}
     */
    public ClusterPolicies(
            ClusterConnection cluster,
            String ownNamespace,
            Supplier<TrustedRoot> publicGood,
            Limits limits,
            InstantSource clock) {
        this(cluster, ownNamespace, publicGood, limits, clock, PATIENCE);
    }

    /** As above, for whoever looks once: no status is written. */
    static ClusterPolicies readOnly(
            ClusterConnection cluster,
            String ownNamespace,
            Supplier<TrustedRoot> publicGood,
            Limits limits,
            InstantSource clock,
            Duration patience) {
        return new ClusterPolicies(cluster, ownNamespace, publicGood, limits, clock, patience, Statuses.NONE);
    }

    ClusterPolicies(
            ClusterConnection cluster,
            String ownNamespace,
            Supplier<TrustedRoot> publicGood,
            Limits limits,
            InstantSource clock,
            Duration patience) {
        this(cluster, ownNamespace, publicGood, limits, clock, patience, new ObjectStatusWriter(cluster, clock));
    }

    private ClusterPolicies(
            ClusterConnection cluster,
            String ownNamespace,
            Supplier<TrustedRoot> publicGood,
            Limits limits,
            InstantSource clock,
            Duration patience,
            Statuses statuses) {
        this.cluster = cluster;
        this.inForce = new PoliciesInForce(patience);
        this.statuses = statuses;
        this.poll = new ObjectPoll(limits, clock);
        Map<PolicyKind, WatchedKind> kinds = watched;
        AtomicReference<@Nullable Map<String, TrustRoot>> roots = new AtomicReference<>();
        ClusterMaterials.Common common = new ClusterMaterials.Common(
                cluster, limits, publicGood, () -> Objects.requireNonNullElse(roots.get(), Map.of()));
        TenantPolicies tenants = new TenantPolicies(
                kinds,
                changed -> ClusterMaterials.polled(common, poll, changed),
                new PolicyReader(Materials.NONE, ownNamespace, limits),
                statuses,
                inForce,
                () -> roots.get() != null,
                limits,
                clock);
        AdminPolicies admins = new AdminPolicies(
                kinds,
                changed -> ClusterMaterials.watched(common, changed),
                ownNamespace,
                statuses,
                inForce,
                read -> {
                    roots.set(read);
                    tenants.allTouched();
                },
                limits,
                clock);
        for (PolicyKind kind : PolicyKind.values()) {
            Runnable news = kind == PolicyKind.IMAGE_POLICY ? tenants::news : admins::news;
            kinds.put(kind, new WatchedKind(cluster, kind, limits, news, LOG));
        }
        this.ofCluster = admins;
        this.ofNamespaces = tenants;
        admins.start();
        tenants.start();
    }

    /** Whether all kinds have been listed and read. */
    public boolean synced() {
        return inForce.policies().isPresent();
    }

    /** What is wrong with the watches, or with reading what they say, if anything has been for longer than a moment; what was read last counts. */
    public Optional<String> problem() {
        List<String> problems = Stream.of(
                        cluster.watches().problem(WATCHES), ofCluster.problem(), ofNamespaces.problem())
                .flatMap(Optional::stream)
                .toList();
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
    }

    /**
     * Which Secrets and ConfigMaps that ImagePolicies name could not be read again, since when and why, if it has been so for longer than a
     * moment. One that was never read is not among them: it breaks the policies that name it, and they say so.
     */
    public Optional<String> staleMaterials() {
        return poll.problem();
    }

    /** How many Secrets and ConfigMaps ImagePolicies name. */
    public int polledMaterials() {
        return poll.size();
    }

    /** Waits until all kinds have been listed and read, at the latest by {@code deadline}; says whether they have. */
    boolean awaitSynced(Deadline deadline) {
        return inForce.await(deadline);
    }

    /**
     * The policies and exceptions in force.
     *
     * @throws Failure {@code CLUSTER_UNAVAILABLE} before they have been listed: none seen yet is not none
     */
    @Override
    public PolicySet current() {
        return inForce.policies()
                .orElseThrow(
                        () -> new Failure(
                                Code.CLUSTER_UNAVAILABLE,
                                "Could not read the ClusterImagePolicies: they have not been listed yet. Try again; where it lasts, /readyz and the webhook's log say why."));
    }

    /** The TrustRoots, broken ones among them; none before they have been listed. */
    public List<TrustRoot> trustRoots() {
        return inForce.trustRoots();
    }

    /** How many ImagePolicies exceed their namespaces' limits, and refuse what they match. */
    public int beyondLimits() {
        return ofNamespaces.beyond();
    }

    /** Has that read again which refers to the public good instance's trust root, because it is another one. */
    public void readAgain() {
        ofCluster.news();
        ofNamespaces.allTouched();
    }

    @Override
    public void close() {
        ofCluster.close();
        ofNamespaces.close();
        poll.close();
        watched.values().forEach(WatchedKind::close);
        statuses.close();
    }
}
