package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.TrustedRoot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's policies, exceptions and trust roots, watched together with the Secrets and ConfigMaps that they refer to, each with its
 * status written back. A change of any of them is in force as soon as it was read. What was seen last stays in force while the watch is down.
 */
public final class ClusterPolicies implements PolicySource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPolicies.class);
    /** A clock may be set, or stand still while the machine sleeps: after so long it is looked at again. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final Map<PolicyKind, WatchedKind> watched = new EnumMap<>(PolicyKind.class);
    private final ClusterMaterials materials;
    private final ObjectStatusWriter statuses;
    private final InstantSource clock;
    private final ReadObjects<TrustRoot> trustRoots;
    private final ReadObjects<ImagePolicy> policies;
    private final ReadObjects<Exemption> exemptions;
    /** How often Secrets, ConfigMaps or the public good instance's trust root changed. */
    private final AtomicLong changesOfMaterials = new AtomicLong();
    /** How often trust roots changed; for the reading thread. */
    private long changesOfRoots;
    /** How often an exception ended; for the reading thread. */
    private long endings;
    /** The time that the statuses of exceptions are of; for the reading thread. */
    private Instant lookedAt;
    /** There is something to read. */
    private final Semaphore news = new Semaphore(0);

    private final Thread thread;
    private volatile @Nullable InForce inForce;
    private volatile boolean closed;

    private record InForce(PolicySet policies, List<TrustRoot> trustRoots) {}

    /**
     * Starts to watch at once, and goes on trying where it cannot.
     *
     * @param ownNamespace the webhook's, whose Secrets and ConfigMaps ClusterImagePolicies and TrustRoots may name
     * @param publicGood the trust root of whoever names none; after a change of it call {@link #readAgain}
     */
    public ClusterPolicies(
            ClusterConnection cluster, String ownNamespace, Supplier<TrustedRoot> publicGood, InstantSource clock) {
        this.materials = new ClusterMaterials(cluster, publicGood, this::readAgain);
        this.statuses = new ObjectStatusWriter(cluster, clock);
        this.clock = clock;
        this.lookedAt = clock.instant();
        PolicyReader reader = new PolicyReader(materials, ownNamespace);
        this.trustRoots = new ReadObjects<>(
                materials,
                reader::readTrustRoot,
                (tree, root) -> statuses.write(
                        PolicyKind.TRUST_ROOT, tree, Standing.of(PolicyKind.TRUST_ROOT, root.problem())));
        this.policies = new ReadObjects<>(
                materials,
                reader::read,
                (tree, policy) -> statuses.write(kind(policy), tree, Standing.of(kind(policy), policy.problem())));
        this.exemptions = new ReadObjects<>(
                materials,
                reader::readExemption,
                (tree, exemption) ->
                        statuses.write(PolicyKind.IMAGE_POLICY_EXCEPTION, tree, Standing.of(exemption, lookedAt)));
        for (PolicyKind kind : PolicyKind.values()) {
            watched.put(kind, new WatchedKind(cluster, kind, news::release, LOG));
        }
        this.thread = Thread.ofVirtual().name("cluster-policies").start(this::readAsTheyChange);
    }

    private static PolicyKind kind(ImagePolicy policy) {
        return policy.clusterScoped() ? PolicyKind.CLUSTER_IMAGE_POLICY : PolicyKind.IMAGE_POLICY;
    }

    /** Whether all kinds have been listed and read. */
    public boolean synced() {
        return inForce != null;
    }

    /**
     * The policies and exceptions in force.
     *
     * @throws Failure {@code CLUSTER_UNAVAILABLE} before they have been listed: none seen yet is not none
     */
    @Override
    public PolicySet current() {
        InForce now = inForce;
        if (now == null) {
            throw new Failure(
                    Code.CLUSTER_UNAVAILABLE,
                    "Could not read the ClusterImagePolicies: they have not been listed yet. Try again; where it lasts, /readyz and the webhook's log say why.");
        }
        return now.policies();
    }

    /** The TrustRoots, broken ones among them; none before they have been listed. */
    public List<TrustRoot> trustRoots() {
        InForce now = inForce;
        return now == null ? List.of() : now.trustRoots();
    }

    /** Has all read again, because something that they refer to changed. */
    public void readAgain() {
        long _ = changesOfMaterials.incrementAndGet();
        news.release();
    }

    private void readAsTheyChange() {
        while (!closed) {
            try {
                boolean _ = news.tryAcquire(untilSomethingEnds().toMillis(), TimeUnit.MILLISECONDS);
                int _ = news.drainPermits();
                // before all are there, a policy would seem to name a trust root that there is not
                if (watched.values().stream().allMatch(WatchedKind::synced)) {
                    read();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("Could not read the policies: what was read last stays in force", e);
            }
        }
    }

    /** How long nothing can change by itself. */
    private Duration untilSomethingEnds() {
        Instant now = clock.instant();
        return nextEnd(exemptions.values(), lookedAt)
                // a millisecond more, for what is cut off by counting in them
                .map(end -> Duration.between(now, end).plusMillis(1))
                .filter(wait -> wait.compareTo(LONGEST_WAIT) < 0)
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
                .orElse(LONGEST_WAIT);
    }

    /** When the first exception ends that was in force at {@code time}. */
    private static Optional<Instant> nextEnd(List<Exemption> exemptions, Instant time) {
        return exemptions.stream()
                .filter(exemption -> exemption.inForce(time))
                .map(Exemption::expires)
                .min(Instant::compareTo);
    }

    private void read() {
        Instant now = clock.instant();
        if (nextEnd(exemptions.values(), lookedAt)
                .filter(end -> !end.isAfter(now))
                .isPresent()) {
            endings++;
        }
        lookedAt = now;
        long version = changesOfMaterials.get();
        boolean changed = trustRoots.update(objects(PolicyKind.TRUST_ROOT), version);
        if (changed) {
            changesOfRoots++;
            Map<String, TrustRoot> byName = new HashMap<>();
            trustRoots.values().forEach(root -> byName.put(root.name(), root));
            materials.trustRoots(byName);
        }
        Map<String, WatchedKind.Seen> both = new HashMap<>(objects(PolicyKind.CLUSTER_IMAGE_POLICY));
        both.putAll(objects(PolicyKind.IMAGE_POLICY));
        changed |= policies.update(both, version + changesOfRoots);
        changed |= exemptions.update(objects(PolicyKind.IMAGE_POLICY_EXCEPTION), endings);
        if (changed || inForce == null) {
            inForce = new InForce(new PolicySet(policies.values(), exemptions.values()), trustRoots.values());
            List<ClusterMaterials.Used> used = new ArrayList<>(trustRoots.used());
            used.addAll(policies.used());
            materials.keep(used);
        }
    }

    private Map<String, WatchedKind.Seen> objects(PolicyKind kind) {
        WatchedKind of = watched.get(kind);
        return of == null ? Map.of() : of.objects();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        watched.values().forEach(WatchedKind::close);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        materials.close();
        statuses.close();
    }
}
