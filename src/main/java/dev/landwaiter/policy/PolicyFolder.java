package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The policies, and the namespaces' labels, of a folder of YAML or JSON files, or of one such file. A folder with a mistake is refused at the start; at a
 * {@link #reload} the last good set stays in force, and {@link #problem} says why.
 */
public final class PolicyFolder implements PolicySource, Namespaces {
    private static final ObjectReader YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build()
            .readerFor(JsonNode.class);

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
        this.loaded = new AtomicReference<>(load(contents()));
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
            Map<Path, byte[]> contents = contents();
            boolean changed = !digest(contents).equals(loaded.get().digest());
            if (changed) {
                loaded.set(load(contents));
            }
            problem.set(Optional.empty());
            return changed;
        } catch (Failure e) {
            problem.set(Optional.of(e));
            return false;
        }
    }

    private Map<Path, byte[]> contents() {
        Map<Path, byte[]> contents = new TreeMap<>();
        try {
            for (Path file : files()) {
                contents.put(file, bounded(file));
            }
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read policies of folder \"%s\": %s. Check that it is there and readable."
                            .formatted(folder, reason(e)),
                    e);
        }
        return contents;
    }

    private List<Path> files() throws IOException {
        if (Files.isRegularFile(folder)) {
            return List.of(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(PolicyFolder::isPolicyFile).toList();
        }
    }

    private byte[] bounded(Path file) throws IOException {
        int most = limits.count(Limit.POLICY_FILE_BYTES);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(most + 1);
            if (content.length > most) {
                throw limits.exceeded(Limit.POLICY_FILE_BYTES, "policy file \"" + file + "\"");
            }
            return content;
        }
    }

    private static boolean isPolicyFile(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean named = name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        return named && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such folder" : String.valueOf(e.getMessage());
    }

    private static String digest(Map<Path, byte[]> contents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        contents.forEach((file, content) -> {
            all.writeBytes((file + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
            all.writeBytes(content);
        });
        return Digest.sha256(all.toByteArray()).hex();
    }

    private Loaded load(Map<Path, byte[]> contents) {
        List<ImagePolicy> policies = new ArrayList<>();
        Map<String, Map<String, String>> namespaces = new HashMap<>();
        List<String> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        contents.forEach((file, content) -> {
            int document = 0;
            try (MappingIterator<JsonNode> documents = YAML.readValues(content)) {
                while (documents.hasNextValue()) {
                    JsonNode object = documents.nextValue();
                    String where = "%s, document %d".formatted(file, ++document);
                    if (object == null || object.isNull() || object.isMissingNode()) {
                        continue;
                    }
                    switch (object.path("kind").asText("")) {
                        case PolicyReader.KIND -> policy(object, where, names, policies, problems);
                        case "Namespace" -> namespace(object, namespaces);
                        default ->
                            problems.add("%s: kind \"%s\" is not one of ClusterImagePolicy, Namespace"
                                    .formatted(where, object.path("kind").asText("")));
                    }
                }
            } catch (IOException e) {
                problems.add("%s: not well-formed: %s"
                        .formatted(
                                file,
                                String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("")));
            }
        });
        if (policies.size() > limits.count(Limit.POLICIES)) {
            throw limits.exceeded(Limit.POLICIES, "policies of folder \"" + folder + "\"");
        }
        if (!problems.isEmpty()) {
            throw new Failure(
                    Code.POLICY_BROKEN,
                    "Could not load policies of folder \"%s\":\n  - %s\nMend them; nothing of the folder was taken."
                            .formatted(folder, String.join("\n  - ", problems)));
        }
        return new Loaded(digest(contents), new PolicySet(policies), Map.copyOf(namespaces));
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
