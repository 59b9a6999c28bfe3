package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.sigstore.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Secrets, ConfigMaps and trust roots of files; what is not among them is not asked for anywhere else. */
record FileMaterials(
        Materials beyond, Map<String, Stored> secrets, Map<String, Stored> configMaps, Map<String, TrustRoot> roots)
        implements Materials {
    static final String SECRET = "Secret";
    static final String CONFIG_MAP = "ConfigMap";

    private static final Stored NOT_THERE =
            new Stored.Absent("it is not among the policy files; add it to them, or name another");

    FileMaterials(Materials beyond, List<PolicyFiles.Entry> entries, List<String> problems) {
        this(beyond, new HashMap<>(), new HashMap<>(), Map.of());
        for (PolicyFiles.Entry entry : entries) {
            switch (PolicyObjects.kind(entry)) {
                case SECRET -> secrets.put(key(entry), stored(entry, problems));
                case CONFIG_MAP -> configMaps.put(key(entry), stored(entry, problems));
                default -> {}
            }
        }
    }

    FileMaterials with(Map<String, TrustRoot> read) {
        return new FileMaterials(beyond, secrets, configMaps, Map.copyOf(read));
    }

    private static String key(PolicyFiles.Entry entry) {
        JsonNode metadata = entry.object().path("metadata");
        return metadata.path("namespace").asText("default") + "/"
                + metadata.path("name").asText("");
    }

    private static Stored stored(PolicyFiles.Entry entry, List<String> problems) {
        boolean secret = PolicyObjects.kind(entry).equals(SECRET);
        Map<String, byte[]> entries = new HashMap<>();
        if (secret) {
            decode(entry, "data", entries, problems);
            take(entry, "stringData", entries);
        } else {
            take(entry, "data", entries);
            decode(entry, "binaryData", entries, problems);
        }
        return new Stored.Present("", entries);
    }

    private static void take(PolicyFiles.Entry entry, String field, Map<String, byte[]> entries) {
        entry.object()
                .path(field)
                .properties()
                .forEach(
                        one -> entries.put(one.getKey(), one.getValue().asText().getBytes(StandardCharsets.UTF_8)));
    }

    private static void decode(
            PolicyFiles.Entry entry, String field, Map<String, byte[]> entries, List<String> problems) {
        for (Map.Entry<String, JsonNode> one : entry.object().path(field).properties()) {
            try {
                // the API server takes line breaks in it too
                String dense = one.getValue().asText().replaceAll("[\\r\\n]", "");
                entries.put(one.getKey(), Base64.getDecoder().decode(dense));
            } catch (IllegalArgumentException e) {
                // never the text itself: it may be a secret
                problems.add("%s: %s.%s is not base64".formatted(entry.where(), field, one.getKey()));
            }
        }
    }

    @Override
    public Stored secret(String namespace, String name) {
        return secrets.getOrDefault(namespace + "/" + name, NOT_THERE);
    }

    @Override
    public Stored configMap(String namespace, String name) {
        return configMaps.getOrDefault(namespace + "/" + name, NOT_THERE);
    }

    @Override
    public Optional<TrustRoot> trustRoot(String name) {
        return Optional.ofNullable(roots.get(name));
    }

    @Override
    public TrustedRoot publicGood() {
        return beyond.publicGood();
    }
}
