package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.TrustRoot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads what cluster admins write: trust roots, ClusterImagePolicies, exceptions. On a thread of its own, which waits for nothing that a
 * tenant does: a change is in force as soon as it was read.
 */
final class AdminPolicies implements AutoCloseable {
    private static final Set<PolicyKind> KINDS =
            Set.of(PolicyKind.TRUST_ROOT, PolicyKind.CLUSTER_IMAGE_POLICY, PolicyKind.IMAGE_POLICY_EXCEPTION);
    /** A clock may be set, or stand still while the machine sleeps: after so long it is looked at again. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    /** As long as nothing is in force. */
    private static final Duration OPENING = Duration.ofMillis(100);

    private final Map<PolicyKind, WatchedKind> watched;
    private final PoliciesInForce inForce;
    private final Consumer<Map<String, TrustRoot>> roots;
    private final Statuses statuses;
    private final Limits limits;
    private final InstantSource clock;
    private final ClusterMaterials materials;
    private final PolicyReader reader;
    private final ReadObjects<TrustRoot> trustRoots;
    private final ReadObjects<ImagePolicy> policies;
    private final ReadObjects<Exemption> exemptions;
    private final ReadingThread thread;
    /** The time that the statuses of exceptions are of. */
    private Instant lookedAt;

    private boolean begun;

    /**
     * Reads nothing before {@link #start}.
     *
     * @param watched of all kinds
     * @param materials by whom to tell of their changes
     * @param roots told of the trust roots, by name, once they have been read and whenever one is another
     */
    AdminPolicies(
            Map<PolicyKind, WatchedKind> watched,
            Function<Runnable, ClusterMaterials> materials,
            String ownNamespace,
            Statuses statuses,
            PoliciesInForce inForce,
            Consumer<Map<String, TrustRoot>> roots,
            Limits limits,
            InstantSource clock) {
        this.watched = watched;
        this.inForce = inForce;
        this.roots = roots;
        this.statuses = statuses;
        this.limits = limits;
        this.clock = clock;
        this.thread = new ReadingThread("cluster-policies", clock, this::read);
        this.lookedAt = clock.instant();
        this.materials = materials.apply(thread::news);
        this.reader = new PolicyReader(this.materials, ownNamespace, limits);
        this.trustRoots = new ReadObjects<>(
                this.materials,
                reader::readTrustRoot,
                (seen, root) -> write(PolicyKind.TRUST_ROOT, seen, Standing.of(PolicyKind.TRUST_ROOT, root.problem())));
        this.policies = new ReadObjects<>(
                this.materials,
                reader::read,
                (seen, policy) -> write(
                        PolicyKind.CLUSTER_IMAGE_POLICY,
                        seen,
                        Standing.of(PolicyKind.CLUSTER_IMAGE_POLICY, policy.problem())));
        this.exemptions = new ReadObjects<>(
                this.materials,
                reader::readExemption,
                (seen, exemption) -> write(PolicyKind.IMAGE_POLICY_EXCEPTION, seen, Standing.of(exemption, lookedAt)));
    }

    private void write(PolicyKind kind, Seen seen, Standing standing) {
        statuses.write(kind, seen.head(), standing);
    }

    void start() {
        thread.start();
    }

    /** Something changed. */
    void news() {
        thread.news();
    }

    /** That what changed cannot be read, and since when, if it is so. */
    Optional<String> problem() {
        return thread.problem();
    }

    private Duration read() {
        if (!KINDS.stream().allMatch(kind -> watched(kind).synced())) {
            return LONGEST_WAIT;
        }
        Instant now = clock.instant();
        boolean ended = nextEnd(lookedAt).filter(end -> !end.isAfter(now)).isPresent();
        lookedAt = now;
        boolean first = !begun;
        begun = true;
        boolean otherRoots = update(PolicyKind.TRUST_ROOT, trustRoots);
        if (otherRoots || first) {
            Map<String, TrustRoot> byName = new HashMap<>();
            trustRoots.values().forEach(root -> byName.put(root.name(), root));
            roots.accept(Map.copyOf(byName));
        }
        boolean otherPolicies = update(PolicyKind.CLUSTER_IMAGE_POLICY, policies);
        boolean otherExemptions = update(PolicyKind.IMAGE_POLICY_EXCEPTION, exemptions);
        if (ended) {
            exemptions.tellAll();
        }
        if (first || otherRoots || otherPolicies || otherExemptions) {
            inForce.ofCluster(
                    first || otherPolicies ? limited() : null,
                    first || otherExemptions ? exemptions.values() : null,
                    trustRoots.values(),
                    !trustRoots.anyUnread() && !policies.anyUnread());
        }
        List<Used> used = new ArrayList<>(trustRoots.used());
        used.addAll(policies.used());
        materials.keep(used);
        return inForce.waiting() ? OPENING : untilSomethingEnds(now);
    }

    private WatchedKind watched(PolicyKind kind) {
        WatchedKind of = watched.get(kind);
        if (of == null) {
            throw new IllegalStateException("every kind is watched");
        }
        return of;
    }

    /** Reads what changed of {@code kind} and what refers to what did; says whether anything else is in force. */
    private boolean update(PolicyKind kind, ReadObjects<?> objects) {
        boolean changed = false;
        WatchedKind of = watched(kind);
        for (String key : of.changed()) {
            changed |= objects.update(key, of.find(key).orElse(null));
        }
        return objects.refresh() || changed;
    }

    /** The policies; of too many the newest are not applied, and refuse. */
    private List<ImagePolicy> limited() {
        long most = limits.get(Limit.POLICIES);
        List<Seen> all = policies.seen();
        if (all.size() <= most) {
            return policies.values();
        }
        String why = "the limit '%s' of %d policies is exceeded, and older ones count first"
                .formatted(Limit.POLICIES.text(), most);
        List<ImagePolicy> limited = new ArrayList<>();
        for (Seen seen : all.stream().sorted(OLDEST_FIRST).toList()) {
            if (limited.size() < most) {
                policies.find(seen.key()).ifPresent(limited::add);
            } else {
                limited.add(reader.readRefused(seen.tree(), why));
                write(PolicyKind.CLUSTER_IMAGE_POLICY, seen, Standing.beyond(why));
            }
        }
        return limited;
    }

    /** So that a new one never takes the place of another. */
    static final Comparator<Seen> OLDEST_FIRST =
            Comparator.comparing(Seen::created).thenComparing(Seen::name);

    /** How long nothing can change by itself. */
    private Duration untilSomethingEnds(Instant now) {
        return nextEnd(lookedAt)
                // a millisecond more, for what is cut off by counting in them
                .map(end -> Duration.between(now, end).plusMillis(1))
                .filter(wait -> wait.compareTo(LONGEST_WAIT) < 0)
                .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
                .orElse(LONGEST_WAIT);
    }

    /** When the first exception ends that was in force at {@code time}. */
    private Optional<Instant> nextEnd(Instant time) {
        return exemptions.values().stream()
                .filter(exemption -> exemption.inForce(time))
                .map(Exemption::expires)
                .min(Instant::compareTo);
    }

    @Override
    public void close() {
        thread.close();
        materials.close();
    }
}
