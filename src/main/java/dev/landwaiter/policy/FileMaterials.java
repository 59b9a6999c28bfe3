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

    private static final Stored NOT_THERE = new Stored.Absent("there is none among the policy files");

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
        for (Map.Entry<String, JsonNode> one : entry.object().path("data").properties()) {
            String text = one.getValue().asText();
            try {
                entries.put(one.getKey(), secret ? base64(text) : text.getBytes(StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                // never the text itself: it may be a secret
                problems.add("%s: data.%s is not base64".formatted(entry.where(), one.getKey()));
            }
        }
        entry.object().path(secret ? "stringData" : "binaryData").properties().forEach(one -> {
            String text = one.getValue().asText();
            entries.put(one.getKey(), secret ? text.getBytes(StandardCharsets.UTF_8) : base64(text));
        });
        return new Stored.Present("", entries);
    }

    private static byte[] base64(String text) {
        return Base64.getMimeDecoder().decode(text);
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
