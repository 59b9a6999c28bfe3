package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.PolicyAllowance;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PolicySize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ImagePolicies of one namespace. The oldest count, as far as the namespace's limits go; what is beyond them is not read, and refuses what
 * it matches under its own mode, as every policy does that can't be applied. For use by one thread.
 */
final class NamespaceReading implements AutoCloseable {
    private final String namespace;
    private final Limits limits;
    private final ClusterMaterials materials;
    private final PolicyReader reader;
    private final Statuses statuses;
    private final BooleanSupplier starting;
    private final ReadObjects<ImagePolicy> policies;
    private final Map<String, Offered> offered = new HashMap<>();
    /** The keys of those that say something that was not read yet. */
    private final Set<String> unread = new HashSet<>();

    private Map<String, Beyond> beyond = new HashMap<>();
    private List<ImagePolicy> inForce = List.of();

    /** @param dropped whether its spec is not held: it is beyond the limits whatever it says */
    private record Offered(Seen seen, PolicySize size, boolean dropped) {}

    /** One that is beyond the limits, and what it is in force as; several may be the same. */
    private record Beyond(Seen seen, String why, ImagePolicy policy) {}

    /**
     * Nothing yet.
     *
     * @param reader of tenants' policies; what they refer to are {@code materials}
     * @param starting whether nobody knows what was in force before: a policy that can't be read yet refuses then, and later it waits
     */
    NamespaceReading(
            String namespace,
            Limits limits,
            ClusterMaterials materials,
            PolicyReader reader,
            Statuses statuses,
            BooleanSupplier starting) {
        this.namespace = namespace;
        this.limits = limits;
        this.materials = materials;
        this.reader = reader.over(materials);
        this.statuses = statuses;
        this.starting = starting;
        this.policies = new ReadObjects<>(
                materials,
                this.reader::read,
                (seen, policy) -> write(seen, Standing.of(PolicyKind.IMAGE_POLICY, policy.problem())));
    }

    private void write(Seen seen, Standing standing) {
        statuses.write(PolicyKind.IMAGE_POLICY, seen.head(), standing);
    }

    String namespace() {
        return namespace;
    }

    /**
     * Takes over an object as it is now, {@code null} where it went; says whether there is anything to {@link #read}.
     *
     * @param dropped whether its spec is not held
     */
    boolean update(String key, @Nullable Seen seen, boolean dropped) {
        Offered before = offered.get(key);
        if (seen == null) {
            boolean _ = unread.remove(key);
            return offered.remove(key) != null;
        }
        if (before != null && before.dropped() == dropped && before.seen().same(seen)) {
            return false;
        }
        if (before != null && before.dropped() == dropped && before.seen().sameContent(seen)) {
            offered.put(key, new Offered(seen, before.size(), dropped));
        } else {
            offered.put(key, new Offered(seen, PolicySize.of(seen.tree()), dropped));
            boolean _ = unread.add(key);
        }
        return true;
    }

    boolean isEmpty() {
        return offered.isEmpty();
    }

    /** About how long it takes to read what was not read yet, in units of nothing but comparison. */
    long cost() {
        long cost = 0;
        for (String key : unread) {
            Offered one = offered.get(key);
            cost += one == null
                    ? 0
                    : 1
                            + one.size().bytes() / 64
                            + one.size().conditionBytes()
                            + one.size().patternInstructions() / 16;
        }
        return cost;
    }

    /** What stands for all of them as long as none was read. */
    ImagePolicy unread() {
        return PolicyReader.standIn(
                namespace,
                "unread",
                strictest(offered.values().stream().map(Offered::seen).toList()),
                "the policies of namespace \"%s\" have not been read yet, because the webhook has just started. Try again in a moment"
                        .formatted(namespace));
    }

    private static Mode strictest(List<Seen> some) {
        return some.stream().map(Seen::mode).min(Mode::compareTo).orElse(Mode.ENFORCE);
    }

    /** Reads what changed; the policies that are in force now, empty where they are those that were. */
    Optional<List<ImagePolicy>> read() {
        unread.clear();
        List<Offered> order = offered.values().stream()
                .sorted((one, other) -> AdminPolicies.OLDEST_FIRST.compare(one.seen(), other.seen()))
                .toList();
        PolicyAllowance allowance = new PolicyAllowance(limits);
        List<ImagePolicy> now = new ArrayList<>();
        Map<Offered, Limit> exceeding = new HashMap<>();
        Set<String> counted = new HashSet<>();
        for (Offered one : order) {
            Limit exceeded = one.dropped()
                    ? Limit.NAMESPACE_POLICY_BYTES
                    : allowance.take(one.size()).orElse(null);
            if (exceeded == null) {
                boolean _ = counted.add(one.seen().key());
            } else {
                exceeding.put(one, exceeded);
            }
        }
        for (Seen gone : policies.seen()) {
            if (!counted.contains(gone.key())) {
                boolean _ = policies.update(gone.key(), null);
            }
        }
        for (Offered one : order) {
            if (counted.contains(one.seen().key())) {
                boolean _ = policies.update(one.seen().key(), one.seen());
            }
        }
        boolean _ = policies.refresh();
        materials.keep(policies.used());
        for (Offered one : order) {
            String key = one.seen().key();
            if (starting.getAsBoolean() || !policies.unread(key)) {
                policies.find(key).ifPresent(now::add);
            }
        }
        now.addAll(refusing(order, exceeding, allowance));
        boolean changed = !sameInstances(now, inForce);
        inForce = List.copyOf(now);
        return changed ? Optional.of(inForce) : Optional.empty();
    }

    @SuppressWarnings("ReferenceEquality") // a policy that was read anew may be equal, and what it rests on is not
    private static boolean sameInstances(List<ImagePolicy> some, List<ImagePolicy> others) {
        boolean same = some.size() == others.size();
        for (int i = 0; same && i < some.size(); i++) {
            same = some.get(i) == others.get(i);
        }
        return same;
    }

    /** What is in force of those that exceed a limit: each by itself as far as that is bounded, and one for all others. */
    private List<ImagePolicy> refusing(List<Offered> order, Map<Offered, Limit> exceeding, PolicyAllowance allowance) {
        Map<String, Beyond> next = new HashMap<>();
        List<Offered> rest = new ArrayList<>();
        List<ImagePolicy> refusing = new ArrayList<>();
        for (Offered one : order) {
            Limit exceeded = exceeding.get(one);
            if (exceeded != null && !one.dropped() && allowance.takeGlobs(one.size())) {
                String why = why(exceeded);
                Beyond before = beyond.get(one.seen().key());
                ImagePolicy policy = before != null
                                && before.seen().sameContent(one.seen())
                                && before.why().equals(why)
                        ? before.policy()
                        : reader.readRefused(one.seen().tree(), why);
                refusing.add(policy);
                next.put(one.seen().key(), new Beyond(one.seen(), why, policy));
            } else if (exceeded != null) {
                rest.add(one);
            }
        }
        if (!rest.isEmpty()) {
            refusing.add(all(rest, exceeding, next));
        }
        next.values().forEach(this::tell);
        beyond = next;
        return refusing;
    }

    /** One policy of every image in the place of {@code rest}, under the strictest of their modes. */
    private ImagePolicy all(List<Offered> rest, Map<Offered, Limit> exceeding, Map<String, Beyond> next) {
        Offered first = rest.getFirst();
        String why = "%s. Together with %d more it refuses every image of the namespace"
                .formatted(why(exceeding.getOrDefault(first, Limit.NAMESPACE_POLICIES)), rest.size() - 1);
        Mode mode = strictest(rest.stream().map(Offered::seen).toList());
        ImagePolicy made = PolicyReader.standIn(namespace, first.seen().name(), mode, why);
        Beyond before = beyond.get(first.seen().key());
        ImagePolicy policy = before != null && before.policy().equals(made) ? before.policy() : made;
        rest.forEach(one -> next.put(one.seen().key(), new Beyond(one.seen(), why, policy)));
        return policy;
    }

    private String why(Limit limit) {
        return "the limit '%s' of %d %s is exceeded in namespace \"%s\", and older policies count first: delete some that are not needed"
                .formatted(limit.text(), limits.get(limit), limit.unit(), namespace);
    }

    private void tell(Beyond one) {
        Beyond before = beyond.get(one.seen().key());
        if (before == null || !before.seen().same(one.seen()) || !before.why().equals(one.why())) {
            write(one.seen(), Standing.beyond(one.why()));
        }
    }

    /** Whether some refer to what is not known yet. */
    boolean anyUnread() {
        return policies.anyUnread();
    }

    /** How many policies are beyond the limits. */
    int beyond() {
        return beyond.size();
    }

    @Override
    public void close() {
        materials.close();
    }
}
