package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The policies, and the namespaces' labels, of a folder of YAML or JSON files, or of one such file. A folder with a mistake is refused at the start; at a
 * {@link #reload} the last good set stays in force, and {@link #problem} says why.
 */
public final class PolicyFolder implements PolicySource, Namespaces {
    private final Path folder;
    private final PolicyReader reader;
    private final Limits limits;
    private final AtomicReference<Loaded> loaded;
    private final AtomicReference<Optional<Failure>> problem = new AtomicReference<>(Optional.empty());

    private record Loaded(String digest, PolicySet policies, Map<String, Map<String, String>> namespaces) {}

    private PolicyFolder(Path folder, PolicyReader reader, Limits limits) {
        this.folder = folder;
        this.reader = reader;
        this.limits = limits;
        this.loaded = new AtomicReference<>(load(PolicyFiles.read(folder, limits)));
    }

    /** Reads {@code folder}; every mistake in it goes into one {@link Code#POLICY_BROKEN} or {@link Code#FILE_UNREADABLE}. */
    public static PolicyFolder open(Path folder, PolicyReader reader, Limits limits) {
        return new PolicyFolder(folder, reader, limits);
    }

    @Override
    public PolicySet current() {
        return loaded.get().policies();
    }

    @Override
    public Optional<Map<String, String>> labels(String name, Deadline deadline) {
        return Optional.ofNullable(loaded.get().namespaces().get(name));
    }

    /** Why the folder as it is now is not in force; empty where it is. */
    public Optional<Failure> problem() {
        return problem.get();
    }

    /** Reads the folder again if its contents changed; says whether other policies are in force now. */
    public boolean reload() {
        try {
            PolicyFiles files = PolicyFiles.read(folder, limits);
            boolean changed = !files.digest().equals(loaded.get().digest());
            if (changed) {
                loaded.set(load(files));
            }
            problem.set(Optional.empty());
            return changed;
        } catch (Failure e) {
            problem.set(Optional.of(e));
            return false;
        }
    }

    private Loaded load(PolicyFiles files) {
        List<ImagePolicy> policies = new ArrayList<>();
        Map<String, Map<String, String>> namespaces = new HashMap<>();
        List<String> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (PolicyFiles.Entry entry : files.entries(problems)) {
            JsonNode object = entry.object();
            switch (object.path("kind").asText("")) {
                case PolicyReader.KIND -> policy(object, entry.where(), names, policies, problems);
                case "Namespace" -> namespace(object, namespaces);
                default ->
                    problems.add("%s: kind \"%s\" is not one of ClusterImagePolicy, Namespace"
                            .formatted(entry.where(), object.path("kind").asText("")));
            }
        }
        if (policies.size() > limits.count(Limit.POLICIES)) {
            throw limits.exceeded(Limit.POLICIES, "policies of folder \"" + folder + "\"");
        }
        if (!problems.isEmpty()) {
            throw new Failure(
                    Code.POLICY_BROKEN,
                    "Could not load policies of folder \"%s\":\n  - %s\nMend them; nothing of the folder was taken."
                            .formatted(folder, String.join("\n  - ", problems)));
        }
        return new Loaded(files.digest(), new PolicySet(policies), Map.copyOf(namespaces));
    }

    private void policy(
            JsonNode object, String where, Set<String> names, List<ImagePolicy> policies, List<String> problems) {
        String apiVersion = object.path("apiVersion").asText("");
        if (!apiVersion.equals(PolicyReader.API_VERSION)) {
            problems.add("%s: apiVersion \"%s\" is not %s".formatted(where, apiVersion, PolicyReader.API_VERSION));
            return;
        }
        ImagePolicy policy = reader.read(object);
        if (policy.problem() != null) {
            problems.add("%s (%s): %s".formatted(where, policy.name(), policy.problem()));
        }
        if (!names.add(policy.name())) {
            problems.add("%s: %s stands twice".formatted(where, policy.title()));
        }
        policies.add(policy);
    }

    private static void namespace(JsonNode object, Map<String, Map<String, String>> namespaces) {
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
}
