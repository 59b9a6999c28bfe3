package dev.landwaiter.policy;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The policies and exceptions in force at one moment, by name. Immutable but for what it remembers of its own matching. One that differs in
 * one part shares all others with this one.
 */
public final class PolicySet {
    public static final PolicySet EMPTY = new PolicySet(List.of(), new TreeMap<>(), ExemptionIndex.EMPTY);

    /** The ClusterImagePolicies: one group for each place that they come from. */
    private final List<PolicyGroup> ofCluster;
    /** The ImagePolicies of each namespace that has any. */
    private final SortedMap<String, List<PolicyGroup>> ofNamespaces;

    private final ExemptionIndex exemptions;
    private final boolean selectsPods;
    /** What {@link #in} gives: for no other namespace than those that have policies. */
    private final ConcurrentMap<String, PolicySet> byNamespace = new ConcurrentHashMap<>();

    private final PolicySet elsewhere;

    public PolicySet(List<ImagePolicy> policies) {
        this(policies, List.of());
    }

    public PolicySet(List<ImagePolicy> policies, List<Exemption> exemptions) {
        this(
                groups(policies.stream().filter(ImagePolicy::clusterScoped).toList()),
                policies.stream()
                        .filter(policy -> !policy.clusterScoped())
                        .collect(Collectors.groupingBy(
                                ImagePolicy::namespace,
                                TreeMap::new,
                                Collectors.collectingAndThen(Collectors.toList(), PolicySet::groups))),
                new ExemptionIndex(exemptions));
    }

    private PolicySet(
            List<PolicyGroup> ofCluster, SortedMap<String, List<PolicyGroup>> ofNamespaces, ExemptionIndex exemptions) {
        this.ofCluster = ofCluster;
        this.ofNamespaces = ofNamespaces;
        this.exemptions = exemptions;
        this.selectsPods = groups().anyMatch(PolicyGroup::selectsPods);
        this.elsewhere = ofNamespaces.isEmpty() ? this : new PolicySet(ofCluster, new TreeMap<>(), exemptions);
    }

    private static List<PolicyGroup> groups(List<ImagePolicy> policies) {
        return policies.isEmpty() ? List.of() : List.of(PolicyGroup.of(policies));
    }

    private Stream<PolicyGroup> groups() {
        return Stream.concat(ofCluster.stream(), ofNamespaces.values().stream().flatMap(List::stream));
    }

    /** The same with {@code policies} for its ClusterImagePolicies. */
    public PolicySet withClusterPolicies(List<ImagePolicy> policies) {
        return new PolicySet(groups(policies), ofNamespaces, exemptions);
    }

    /** The same with {@code policies} for those of {@code namespace}. */
    public PolicySet withPoliciesOf(String namespace, List<ImagePolicy> policies) {
        SortedMap<String, List<PolicyGroup>> others = new TreeMap<>(ofNamespaces);
        if (policies.isEmpty()) {
            others.remove(namespace);
        } else {
            others.put(namespace, groups(policies));
        }
        return new PolicySet(ofCluster, others, exemptions);
    }

    /** The same with {@code exceptions} for its own. */
    public PolicySet withExemptions(List<Exemption> exceptions) {
        return new PolicySet(ofCluster, ofNamespaces, new ExemptionIndex(exceptions));
    }

    /** These and {@code others}. */
    public PolicySet and(PolicySet others) {
        SortedMap<String, List<PolicyGroup>> both = new TreeMap<>(ofNamespaces);
        others.ofNamespaces.forEach((namespace, groups) -> both.merge(namespace, groups, PolicySet::joined));
        return new PolicySet(
                joined(ofCluster, others.ofCluster),
                both,
                new ExemptionIndex(joined(exemptions.all(), others.exemptions.all())));
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /** Of every namespace: the ClusterImagePolicies, then the namespaces' own, each by name. */
    public List<ImagePolicy> policies() {
        return groups().flatMap(group -> group.policies().stream()).toList();
    }

    /** Whether the labels of Pods make a difference to any of them. */
    public boolean selectsPods() {
        return selectsPods;
    }

    /** Those that are broken or have ended among them. */
    public List<Exemption> exemptions() {
        return exemptions.all();
    }

    /** What is for Pods of {@code namespace}: the ClusterImagePolicies, and its own ImagePolicies. */
    public PolicySet in(String namespace) {
        List<PolicyGroup> own = ofNamespaces.get(namespace);
        if (own == null) {
            return elsewhere;
        }
        PolicySet known = byNamespace.get(namespace);
        return known != null
                ? known
                : byNamespace.computeIfAbsent(
                        namespace, _ -> new PolicySet(joined(ofCluster, own), new TreeMap<>(), exemptions));
    }

    /** The policies whose globs match {@code reference}, whatever the labels of the namespaces and Pods they are for. */
    public List<ImagePolicy> matching(ImageReference reference) {
        return matching(group -> Optional.of(group.matching(reference.name()))).orElse(List.of());
    }

    /** As {@link #matching}, for an event loop: empty where it is not known and takes more than some microseconds to tell. */
    public Optional<List<ImagePolicy>> matchingAtOnce(ImageReference reference) {
        return matching(group -> group.matchingAtOnce(reference.name()));
    }

    private Optional<List<ImagePolicy>> matching(Function<PolicyGroup, Optional<List<ImagePolicy>>> ofGroup) {
        List<ImagePolicy> all = List.of();
        for (PolicyGroup group : ofNamespaces.isEmpty() ? ofCluster : groups().toList()) {
            Optional<List<ImagePolicy>> found = ofGroup.apply(group);
            if (found.isEmpty()) {
                return found;
            }
            all = all.isEmpty() ? found.get() : added(all, found.get());
        }
        return Optional.of(all);
    }

    private static List<ImagePolicy> added(List<ImagePolicy> before, List<ImagePolicy> more) {
        if (more.isEmpty()) {
            return before;
        }
        List<ImagePolicy> all = new ArrayList<>(before.size() + more.size());
        all.addAll(before);
        all.addAll(more);
        return all;
    }

    /**
     * The exception in force at {@code now} that lets {@code reference} through {@code policy}; of several the one that holds longest.
     *
     * @param digest of the image, null where it is not known
     * @param namespace of the Pod
     */
    public Optional<Exemption> exemption(
            ImagePolicy policy, ImageReference reference, @Nullable Digest digest, String namespace, Instant now) {
        return exemptions.find(policy, reference, digest, namespace, now);
    }
}
