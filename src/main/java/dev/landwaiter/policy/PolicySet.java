package dev.landwaiter.policy;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The policies and exceptions in force at one moment, by name. Immutable but for what it remembers of its own matching. */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(List.of());
    /** A bound on what one set remembers; past it a match is computed each time. */
    private static final int REMEMBERED = 10_000;

    private final List<ImagePolicy> policies;
    private final List<Exemption> exemptions;
    private final boolean selectsPods;
    /** The namespaces that have policies of their own. */
    private final Set<String> namespaces = new HashSet<>();

    private final ConcurrentMap<String, List<ImagePolicy>> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, PolicySet> byNamespace = new ConcurrentHashMap<>();

    public PolicySet(List<ImagePolicy> policies) {
        this(policies, List.of());
    }

    public PolicySet(List<ImagePolicy> policies, List<Exemption> exemptions) {
        this.policies = policies.stream()
                .sorted(Comparator.comparing(ImagePolicy::namespace).thenComparing(ImagePolicy::name))
                .toList();
        this.exemptions = exemptions.stream()
                .sorted(Comparator.comparing(Exemption::name))
                .toList();
        this.selectsPods = policies.stream().anyMatch(policy -> !policy.pods().isEmpty());
        for (ImagePolicy policy : policies) {
            if (!policy.clusterScoped()) {
                namespaces.add(policy.namespace());
            }
        }
    }

    /** Of every namespace. */
    public List<ImagePolicy> policies() {
        return policies;
    }

    /** Whether the labels of Pods make a difference to any of them. */
    public boolean selectsPods() {
        return selectsPods;
    }

    /** Those that are broken or have ended among them. */
    public List<Exemption> exemptions() {
        return exemptions;
    }

    /** What is for Pods of {@code namespace}: the ClusterImagePolicies, and its own ImagePolicies. */
    public PolicySet in(String namespace) {
        if (namespaces.isEmpty()) {
            return this;
        }
        String own = namespaces.contains(namespace) ? namespace : "";
        PolicySet known = byNamespace.get(own);
        return known != null ? known : byNamespace.computeIfAbsent(own, this::only);
    }

    private PolicySet only(String namespace) {
        PolicySet only = new PolicySet(
                policies.stream()
                        .filter(policy ->
                                policy.clusterScoped() || policy.namespace().equals(namespace))
                        .toList(),
                exemptions);
        // it is for one namespace already, and asks no further
        only.namespaces.clear();
        return only;
    }

    /** The policies whose globs match {@code reference}, whatever the labels of the namespaces and Pods they are for. */
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

    /**
     * The exception in force at {@code now} that lets {@code reference} through {@code policy}; of several the one that holds longest.
     *
     * @param digest of the image, null where it is not known
     * @param namespace of the Pod
     */
    public Optional<Exemption> exemption(
            ImagePolicy policy, ImageReference reference, @Nullable Digest digest, String namespace, Instant now) {
        return exemptions.stream()
                .filter(exemption -> exemption.inForce(now) && exemption.covers(policy, reference, digest, namespace))
                .max(Comparator.comparing(Exemption::expires));
    }
}
