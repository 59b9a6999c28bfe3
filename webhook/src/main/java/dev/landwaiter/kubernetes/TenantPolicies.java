package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicyReader;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the namespaces' ImagePolicies on a thread of its own, one namespace after the other. What takes least comes first, so that whoever
 * writes what takes long waits for the others and not they for them. Until a namespace's policies were read, what was read before stays.
 */
final class TenantPolicies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TenantPolicies.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final Map<PolicyKind, WatchedKind> watched;
    private final Function<Runnable, ClusterMaterials> materials;
    private final PolicyReader reader;
    private final Statuses statuses;
    private final PoliciesInForce inForce;
    private final BooleanSupplier rootsKnown;
    private final Limits limits;
    private final ReadingThread thread;
    private final Map<String, NamespaceReading> namespaces = new HashMap<>();
    /** Those of which something is to be read. */
    private final Set<NamespaceReading> waiting = new LinkedHashSet<>();
    /** Those of which a Secret or ConfigMap changed. */
    private final Set<String> touched = ConcurrentHashMap.newKeySet();

    private volatile boolean allTouched;
    private volatile int beyond;
    private boolean begun;
    private boolean starting = true;

    /**
     * Reads nothing before {@link #start}.
     *
     * @param watched of all kinds
     * @param materials by whom to tell of their changes
     * @param rootsKnown whether the trust roots have been read: before that a policy would seem to name one that there is not
     */
    TenantPolicies(
            Map<PolicyKind, WatchedKind> watched,
            Function<Runnable, ClusterMaterials> materials,
            PolicyReader reader,
            Statuses statuses,
            PoliciesInForce inForce,
            BooleanSupplier rootsKnown,
            Limits limits,
            InstantSource clock) {
        this.watched = watched;
        this.materials = materials;
        this.reader = reader;
        this.statuses = statuses;
        this.inForce = inForce;
        this.rootsKnown = rootsKnown;
        this.limits = limits;
        this.thread = new ReadingThread("namespace-policies", clock, this::read);
    }

    void start() {
        thread.start();
    }

    /** Something changed. */
    void news() {
        thread.news();
    }

    /** Something changed that all may refer to. */
    void allTouched() {
        allTouched = true;
        thread.news();
    }

    /** How many policies are beyond their namespaces' limits. */
    int beyond() {
        return beyond;
    }

    /** That what changed cannot be read, and since when, if it is so. */
    Optional<String> problem() {
        return thread.problem();
    }

    private Duration read() {
        WatchedKind policies = watched.get(PolicyKind.IMAGE_POLICY);
        if (policies == null || !policies.synced() || !rootsKnown.getAsBoolean()) {
            return LONGEST_WAIT;
        }
        look(policies);
        boolean first = !begun;
        begun = true;
        if (first) {
            namespaces.values().forEach(one -> inForce.ofNamespace(one.namespace(), List.of(one.unread())));
            inForce.ofNamespacesListed();
        }
        while (!waiting.isEmpty() && !thread.closed()) {
            NamespaceReading next = waiting.stream()
                    .min(Comparator.comparingLong(NamespaceReading::cost))
                    .orElseThrow();
            boolean _ = waiting.remove(next);
            restore(next, policies);
            read(next);
            look(policies);
        }
        if (starting && namespaces.values().stream().noneMatch(NamespaceReading::anyUnread)) {
            starting = false;
            inForce.ofNamespacesRead();
        }
        return LONGEST_WAIT;
    }

    /** Finds out which namespaces there is something to read of. */
    private void look(WatchedKind policies) {
        for (String key : policies.changed()) {
            String namespace = key.substring(0, Math.max(0, key.indexOf('/')));
            NamespaceReading of = namespaces.computeIfAbsent(namespace, this::reading);
            if (update(of, key, policies)) {
                boolean _ = waiting.add(of);
            }
        }
        if (allTouched) {
            allTouched = false;
            boolean _ = waiting.addAll(namespaces.values());
        }
        for (Iterator<String> all = touched.iterator(); all.hasNext(); ) {
            NamespaceReading of = namespaces.get(all.next());
            all.remove();
            if (of != null) {
                boolean _ = waiting.add(of);
            }
        }
    }

    private static boolean update(NamespaceReading of, String key, WatchedKind policies) {
        return of.update(key, policies.find(key).orElse(null), policies.dropped(key));
    }

    /** What was not held for lack of room, and would have some by now. */
    private static void restore(NamespaceReading one, WatchedKind policies) {
        try {
            policies.restore(one.namespace()).forEach(key -> {
                boolean _ = update(one, key, policies);
            });
        } catch (KubernetesClientException e) {
            // they stay beyond the limits until something changes in the namespace again
            LOG.warn("Could not read ImagePolicies of namespace {} again: {}", one.namespace(), e.getMessage());
        }
    }

    private NamespaceReading reading(String namespace) {
        ClusterMaterials own = materials.apply(() -> {
            boolean _ = touched.add(namespace);
            thread.news();
        });
        return new NamespaceReading(namespace, limits, own, reader, statuses, () -> starting);
    }

    private void read(NamespaceReading one) {
        one.read().ifPresent(policies -> inForce.ofNamespace(one.namespace(), policies));
        if (one.isEmpty()) {
            one.close();
            NamespaceReading _ = namespaces.remove(one.namespace());
        }
        beyond = namespaces.values().stream().mapToInt(NamespaceReading::beyond).sum();
    }

    @Override
    public void close() {
        thread.close();
        namespaces.values().forEach(NamespaceReading::close);
    }
}
