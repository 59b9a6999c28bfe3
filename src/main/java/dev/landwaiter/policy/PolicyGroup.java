package dev.landwaiter.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Policies that come and go together: the ClusterImagePolicies, or the ImagePolicies of one namespace. Immutable but for what it remembers of
 * its own matching. A set of policies is made of such groups, so that a change of one leaves the others' automata and memories as they are.
 */
final class PolicyGroup {
    static final PolicyGroup EMPTY = new PolicyGroup(List.of());

    /** Operations that an event loop has time for: a few microseconds, for each image of a Pod. */
    private static final long AT_ONCE = 4_096;
    /** Of memory for the matches of ClusterImagePolicies, in bytes, about; for those of one namespace. */
    private static final long BYTES_OF_CLUSTER = 4 << 20;

    private static final long BYTES_OF_NAMESPACE = 256 << 10;

    private final List<ImagePolicy> policies;
    private final GlobSet globs;
    private final boolean selectsPods;
    /** By the image's name. */
    private final Cache<String, List<ImagePolicy>> known;

    private PolicyGroup(List<ImagePolicy> policies) {
        this.policies = policies.stream()
                .sorted(Comparator.comparing(ImagePolicy::namespace).thenComparing(ImagePolicy::name))
                .toList();
        this.globs = GlobSet.of(this.policies.stream().map(ImagePolicy::images).toList());
        this.selectsPods = policies.stream().anyMatch(policy -> !policy.pods().isEmpty());
        boolean ofCluster = policies.stream().anyMatch(ImagePolicy::clusterScoped);
        this.known = Caffeine.newBuilder()
                .maximumWeight(ofCluster ? BYTES_OF_CLUSTER : BYTES_OF_NAMESPACE)
                .weigher((String name, List<ImagePolicy> found) -> 200 + 2 * name.length() + 4 * found.size())
                .executor(Runnable::run)
                .build();
    }

    static PolicyGroup of(List<ImagePolicy> policies) {
        return policies.isEmpty() ? EMPTY : new PolicyGroup(policies);
    }

    /** By namespace and name. */
    List<ImagePolicy> policies() {
        return policies;
    }

    /** Whether the labels of Pods make a difference to any of them. */
    boolean selectsPods() {
        return selectsPods;
    }

    /** Of how many names the matches are remembered. */
    long remembered() {
        known.cleanUp();
        return known.estimatedSize();
    }

    /** Those whose globs match {@code name}. */
    List<ImagePolicy> matching(String name) {
        return matching(name, Long.MAX_VALUE).orElse(List.of());
    }

    /** As {@link #matching}, where that is known or soon told. */
    Optional<List<ImagePolicy>> matchingAtOnce(String name) {
        return matching(name, AT_ONCE);
    }

    private Optional<List<ImagePolicy>> matching(String name, long most) {
        if (policies.isEmpty()) {
            return Optional.of(List.of());
        }
        List<ImagePolicy> before = known.getIfPresent(name);
        if (before != null) {
            return Optional.of(before);
        }
        int @Nullable [] indexes = globs.matching(name, most);
        if (indexes == null) {
            return Optional.empty();
        }
        List<ImagePolicy> found = new ArrayList<>(indexes.length);
        for (int index : indexes) {
            found.add(policies.get(index));
        }
        List<ImagePolicy> fixed = List.copyOf(found);
        known.put(name, fixed);
        return Optional.of(fixed);
    }
}
