package dev.landwaiter.policy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.sigstore.TrustedRoot;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a test's policies refer to. */
final class FakeMaterials implements Materials {
    private final Map<String, Stored> secrets = new HashMap<>();
    private final Map<String, Stored> configMaps = new HashMap<>();
    private final Map<String, TrustRoot> roots = new HashMap<>();
    private TrustedRoot publicGood = TrustedRoot.publicGood();

    @CanIgnoreReturnValue
    FakeMaterials secret(String name, String uid, Map<String, String> entries) {
        secrets.put(name, stored(uid, entries));
        return this;
    }

    @CanIgnoreReturnValue
    FakeMaterials configMap(String name, String uid, Map<String, String> entries) {
        configMaps.put(name, stored(uid, entries));
        return this;
    }

    @CanIgnoreReturnValue
    FakeMaterials trustRoot(TrustRoot root) {
        roots.put(root.name(), root);
        return this;
    }

    @CanIgnoreReturnValue
    FakeMaterials publicGood(TrustedRoot root) {
        publicGood = root;
        return this;
    }

    @Override
    public TrustedRoot publicGood() {
        return publicGood;
    }

    private static Stored stored(String uid, Map<String, String> entries) {
        Map<String, byte[]> bytes = new HashMap<>();
        entries.forEach((key, value) -> bytes.put(key, value.getBytes(StandardCharsets.UTF_8)));
        return new Stored.Present(uid, bytes);
    }

    @Override
    public Stored secret(String namespace, String name) {
        return secrets.getOrDefault(namespace + "/" + name, Stored.Absent.MISSING);
    }

    @Override
    public Stored configMap(String namespace, String name) {
        return configMaps.getOrDefault(namespace + "/" + name, Stored.Absent.MISSING);
    }

    @Override
    public Optional<TrustRoot> trustRoot(String name) {
        return Optional.ofNullable(roots.get(name));
    }
}
