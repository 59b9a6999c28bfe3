package dev.landwaiter.policy;

import dev.landwaiter.image.ImageReference;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The policies in force at one moment, by name. Immutable but for what it remembers of its own matching. */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(List.of());
    /** A bound on what one set remembers; past it a match is computed each time. */
    private static final int REMEMBERED = 10_000;

    private final List<ImagePolicy> policies;
    private final ConcurrentMap<String, List<ImagePolicy>> byName = new ConcurrentHashMap<>();

    public PolicySet(List<ImagePolicy> policies) {
        this.policies = policies.stream()
                .sorted(Comparator.comparing(ImagePolicy::namespace).thenComparing(ImagePolicy::name))
                .toList();
    }

    public List<ImagePolicy> policies() {
        return policies;
    }

    /** The policies whose globs match {@code reference}, whatever the namespace they are for. */
    public List<ImagePolicy> matching(ImageReference reference) {
        String name = reference.name();
        List<ImagePolicy> known = byName.get(name);
        if (known != null) {
            return known;
        }
        List<ImagePolicy> found = policies.stream()
                .filter(policy -> policy.images().stream().anyMatch(glob -> glob.matches(name)))
                .toList();
        if (byName.size() < REMEMBERED) {
            byName.put(name, found);
        }
        return found;
    }
}
