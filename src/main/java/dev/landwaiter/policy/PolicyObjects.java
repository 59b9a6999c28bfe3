package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What files say, read: policies, exceptions, trust roots, namespaces' labels, and the Secrets and ConfigMaps that policies refer to, in
 * whatever order they stand. Immutable.
 */
public final class PolicyObjects {
    private static final Set<String> OURS = Set.of(
            PolicyReader.KIND, PolicyReader.NAMESPACED_KIND, PolicyReader.TRUST_ROOT_KIND, PolicyReader.EXCEPTION_KIND);

    private final List<ImagePolicy> policies = new ArrayList<>();
    private final List<Exemption> exemptions = new ArrayList<>();
    private final Map<String, TrustRoot> trustRoots = new HashMap<>();
    private final Map<String, Map<String, String>> namespaces = new HashMap<>();

    private PolicyObjects() {}

    /** Reads {@code entries}; every mistake goes to {@code problems}, with where it stands. */
    public static PolicyObjects read(List<PolicyFiles.Entry> entries, PolicyReader reader, List<String> problems) {
        PolicyObjects objects = new PolicyObjects();
        Set<String> titles = new HashSet<>();
        PolicyReader over = objects.over(entries, reader, titles, problems);
        for (PolicyFiles.Entry entry : entries) {
            objects.take(entry, over, titles, problems);
        }
        return objects;
    }

    /** A reader of policies that may refer to what {@code entries} hold besides what they may by {@code reader}. */
    public static PolicyReader readerOver(List<PolicyFiles.Entry> entries, PolicyReader reader) {
        return new PolicyObjects().over(entries, reader, new HashSet<>(), new ArrayList<>());
    }

    private PolicyReader over(
            List<PolicyFiles.Entry> entries, PolicyReader reader, Set<String> titles, List<String> problems) {
        FileMaterials stored = new FileMaterials(reader.materials(), entries, problems);
        for (PolicyFiles.Entry entry : entries) {
            if (kind(entry).equals(PolicyReader.TRUST_ROOT_KIND) && ours(entry, problems)) {
                TrustRoot root = reader.over(stored).readTrustRoot(entry.object());
                told(entry, root.name(), root.title(), root.problem(), titles, problems);
                trustRoots.put(root.name(), root);
            }
        }
        return reader.over(stored.with(trustRoots));
    }

    private void take(PolicyFiles.Entry entry, PolicyReader reader, Set<String> titles, List<String> problems) {
        JsonNode object = entry.object();
        switch (kind(entry)) {
            case PolicyReader.KIND, PolicyReader.NAMESPACED_KIND -> {
                if (ours(entry, problems)) {
                    ImagePolicy policy = reader.read(object);
                    told(entry, policy.name(), policy.title(), policy.problem(), titles, problems);
                    policies.add(policy);
                }
            }
            case PolicyReader.EXCEPTION_KIND -> {
                if (ours(entry, problems)) {
                    Exemption exemption = reader.readExemption(object);
                    told(entry, exemption.name(), exemption.title(), exemption.problem(), titles, problems);
                    exemptions.add(exemption);
                }
            }
            case "Namespace" -> namespace(object);
            case PolicyReader.TRUST_ROOT_KIND, FileMaterials.SECRET, FileMaterials.CONFIG_MAP -> {}
            default ->
                problems.add(
                        "%s: kind \"%s\" is not one of ClusterImagePolicy, ImagePolicy, ImagePolicyException, TrustRoot, Secret, ConfigMap, Namespace"
                                .formatted(entry.where(), kind(entry)));
        }
    }

    static String kind(PolicyFiles.Entry entry) {
        return entry.object().path("kind").asText("");
    }

    private static boolean ours(PolicyFiles.Entry entry, List<String> problems) {
        String apiVersion = entry.object().path("apiVersion").asText("");
        boolean ours = OURS.contains(kind(entry)) && apiVersion.equals(PolicyReader.API_VERSION);
        if (!ours) {
            problems.add(
                    "%s: apiVersion \"%s\" is not %s".formatted(entry.where(), apiVersion, PolicyReader.API_VERSION));
        }
        return ours;
    }

    private static void told(
            PolicyFiles.Entry entry,
            String name,
            String title,
            @Nullable String problem,
            Set<String> titles,
            List<String> problems) {
        if (problem != null) {
            problems.add("%s (%s): %s".formatted(entry.where(), name, problem));
        }
        if (!titles.add(title)) {
            problems.add("%s: %s stands twice".formatted(entry.where(), title));
        }
    }

    private void namespace(JsonNode object) {
        Map<String, String> labels = new HashMap<>();
        object.path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        String name = object.path("metadata").path("name").asText("");
        // every namespace of a cluster has this label
        labels.put("kubernetes.io/metadata.name", name);
        namespaces.put(name, Map.copyOf(labels));
    }

    public PolicySet set() {
        return new PolicySet(policies, exemptions);
    }

    public List<TrustRoot> trustRoots() {
        return List.copyOf(trustRoots.values());
    }

    /** The labels of the namespaces that were written down, by name. */
    public Map<String, Map<String, String>> namespaces() {
        return Map.copyOf(namespaces);
    }
}
