package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster's policies refer to. Secrets and ConfigMaps are watched one by one, by name: it never lists others. For use by one thread.
 */
final class ClusterMaterials implements Materials, AutoCloseable {
    private final NamedObjects<Secret> secrets;
    private final NamedObjects<ConfigMap> configMaps;
    private final Supplier<TrustedRoot> publicGood;
    private Map<String, TrustRoot> trustRoots = Map.of();

    /**
     * Materials of {@code cluster}.
     *
     * @param publicGood the trust root of whoever names none, as it is now
     * @param changed called after each change of a Secret or ConfigMap that was asked for
     */
    ClusterMaterials(ClusterConnection cluster, Supplier<TrustedRoot> publicGood, Runnable changed) {
        this.publicGood = publicGood;
        this.secrets = new NamedObjects<>(
                "Secret",
                (namespace, name) ->
                        cluster.client().secrets().inNamespace(namespace).withName(name),
                ClusterMaterials::entries,
                changed);
        this.configMaps = new NamedObjects<>(
                "ConfigMap",
                (namespace, name) ->
                        cluster.client().configMaps().inNamespace(namespace).withName(name),
                ClusterMaterials::entries,
                changed);
    }

    private static Map<String, byte[]> entries(Secret secret) {
        return decoded(secret.getData());
    }

    private static Map<String, byte[]> entries(ConfigMap configMap) {
        Map<String, byte[]> entries = new HashMap<>(decoded(configMap.getBinaryData()));
        if (configMap.getData() != null) {
            configMap.getData().forEach((key, value) -> entries.put(key, value.getBytes(StandardCharsets.UTF_8)));
        }
        return entries;
    }

    private static Map<String, byte[]> decoded(@Nullable Map<String, String> data) {
        Map<String, byte[]> entries = new HashMap<>();
        if (data != null) {
            data.forEach((key, value) -> entries.put(key, Base64.getDecoder().decode(value)));
        }
        return entries;
    }

    /** The Secrets and ConfigMaps that one object referred to. */
    record Used(Set<String> secrets, Set<String> configMaps) {}

    /** Begins to note what is asked for. */
    void begin() {
        secrets.begin();
        configMaps.begin();
    }

    /** What was asked for since {@link #begin}. */
    Used used() {
        return new Used(secrets.asked(), configMaps.asked());
    }

    /** Lets go of all that nobody uses any more. */
    void keep(List<Used> used) {
        Set<String> ofSecrets = new HashSet<>();
        Set<String> ofConfigMaps = new HashSet<>();
        for (Used one : used) {
            ofSecrets.addAll(one.secrets());
            ofConfigMaps.addAll(one.configMaps());
        }
        secrets.keep(ofSecrets);
        configMaps.keep(ofConfigMaps);
    }

    /** The TrustRoots as they are from now on, by name. */
    void trustRoots(Map<String, TrustRoot> roots) {
        trustRoots = Map.copyOf(roots);
    }

    @Override
    public Stored secret(String namespace, String name) {
        return secrets.find(namespace, name);
    }

    @Override
    public Stored configMap(String namespace, String name) {
        return configMaps.find(namespace, name);
    }

    @Override
    public Optional<TrustRoot> trustRoot(String name) {
        return Optional.ofNullable(trustRoots.get(name));
    }

    @Override
    public TrustedRoot publicGood() {
        return publicGood.get();
    }

    @Override
    public void close() {
        secrets.close();
        configMaps.close();
    }
}
