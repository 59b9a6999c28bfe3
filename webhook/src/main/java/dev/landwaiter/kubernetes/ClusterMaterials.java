package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.TrustedRoot;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster's policies refer to. Secrets and ConfigMaps are watched one by one, by name: it never lists others. For use by one thread.
 */
final class ClusterMaterials implements Materials, AutoCloseable {
    private static final Used.Reference PUBLIC_GOOD = new Used.Reference(Used.Kind.PUBLIC_GOOD, "", "");

    private final NamedObjects<Secret> secrets;
    private final NamedObjects<ConfigMap> configMaps;
    private final Supplier<TrustedRoot> publicGood;
    private final Supplier<Map<String, TrustRoot>> trustRoots;
    /** What was asked for since {@link #begin}. */
    private final Map<Used.Reference, Object> found = new HashMap<>();

    private boolean pending;

    /**
     * What is the same for all.
     *
     * @param publicGood the trust root of policies without one, as it is now
     * @param trustRoots by name, as they are now
     */
    record Common(
            ClusterConnection cluster, Supplier<TrustedRoot> publicGood, Supplier<Map<String, TrustRoot>> trustRoots) {}

    /**
     * Materials of one cluster.
     *
     * @param watch under what name the watches are known
     * @param most of a Secret or ConfigMap, in bytes; one that is larger counts as one that can't be read
     * @param changed called after each change of a Secret or ConfigMap that was asked for
     */
    ClusterMaterials(Common common, String watch, Limits limits, Limit most, Runnable changed) {
        this.publicGood = common.publicGood();
        this.trustRoots = common.trustRoots();
        ClusterConnection cluster = common.cluster();
        Size size = new Size(limits, most);
        this.secrets = new NamedObjects<>(
                cluster,
                watch,
                "Secret",
                (namespace, name) ->
                        cluster.client().secrets().inNamespace(namespace).withName(name),
                secret -> size.within(secret.getMetadata().getUid(), Map.of(), secret.getData()),
                changed);
        this.configMaps = new NamedObjects<>(
                cluster,
                watch,
                "ConfigMap",
                (namespace, name) ->
                        cluster.client().configMaps().inNamespace(namespace).withName(name),
                map -> size.within(map.getMetadata().getUid(), map.getData(), map.getBinaryData()),
                changed);
    }

    /** Reads what is not larger than {@code most}. */
    private record Size(Limits limits, Limit most) {
        Stored within(
                @Nullable String uid, @Nullable Map<String, String> texts, @Nullable Map<String, String> encoded) {
            Map<String, String> plain = texts == null ? Map.of() : texts;
            Map<String, String> base64 = encoded == null ? Map.of() : encoded;
            long bytes = characters(plain.values()) + characters(base64.values()) * 3 / 4;
            if (bytes > limits.get(most)) {
                return new Stored.Absent(
                        "it is larger than the limit '%s' of %d bytes".formatted(most.text(), limits.get(most)));
            }
            Map<String, byte[]> entries = new HashMap<>();
            try {
                base64.forEach(
                        (key, value) -> entries.put(key, Base64.getDecoder().decode(value)));
            } catch (IllegalArgumentException e) {
                return new Stored.Absent("its data is not base64");
            }
            plain.forEach((key, value) -> entries.put(key, value.getBytes(StandardCharsets.UTF_8)));
            return new Stored.Present(uid == null ? "" : uid, entries);
        }

        private static long characters(Collection<String> texts) {
            return texts.stream().mapToLong(String::length).sum();
        }
    }

    /** Begins to note what is asked for. */
    void begin() {
        found.clear();
        pending = false;
    }

    /** What was asked for since {@link #begin}. */
    Used used() {
        return new Used(found, pending);
    }

    /** Whether all that was {@code used} would be found again as it was. */
    @SuppressWarnings("ReferenceEquality") // a root that is equal and another object has been refreshed
    boolean holds(Used used) {
        for (Map.Entry<Used.Reference, Object> one : used.found().entrySet()) {
            // a root is another object after each refresh, all others are the same as long as they hold the same
            Object now = now(one.getKey());
            if (now != one.getValue() && !(now instanceof String && now.equals(one.getValue()))) {
                return false;
            }
        }
        return !used.pending() || used.found().keySet().stream().anyMatch(this::isPending);
    }

    private Object now(Used.Reference reference) {
        return switch (reference.kind()) {
            case SECRET -> secrets.find(reference.namespace(), reference.name());
            case CONFIG_MAP -> configMaps.find(reference.namespace(), reference.name());
            case TRUST_ROOT ->
                Optional.<Object>ofNullable(trustRoots.get().get(reference.name()))
                        .orElse("");
            case PUBLIC_GOOD -> publicGoodNow();
        };
    }

    private String publicGoodNow() {
        try {
            return publicGood.get().digest();
        } catch (Failure e) {
            // there is none yet: whoever needs it is broken until there is
            return e.message();
        }
    }

    private boolean isPending(Used.Reference reference) {
        return switch (reference.kind()) {
            case SECRET -> secrets.pending(reference.namespace(), reference.name());
            case CONFIG_MAP -> configMaps.pending(reference.namespace(), reference.name());
            case TRUST_ROOT, PUBLIC_GOOD -> false;
        };
    }

    private Object note(Used.Reference reference) {
        Object now = now(reference);
        found.put(reference, now);
        pending |= isPending(reference);
        return now;
    }

    /** Lets go of all that nobody uses any more. */
    void keep(Collection<Used> used) {
        Set<String> ofSecrets = new HashSet<>();
        Set<String> ofConfigMaps = new HashSet<>();
        for (Used one : used) {
            ofSecrets.addAll(one.keys(Used.Kind.SECRET));
            ofConfigMaps.addAll(one.keys(Used.Kind.CONFIG_MAP));
        }
        secrets.keep(ofSecrets);
        configMaps.keep(ofConfigMaps);
    }

    @Override
    public Stored secret(String namespace, String name) {
        return (Stored) note(new Used.Reference(Used.Kind.SECRET, namespace, name));
    }

    @Override
    public Stored configMap(String namespace, String name) {
        return (Stored) note(new Used.Reference(Used.Kind.CONFIG_MAP, namespace, name));
    }

    @Override
    public Optional<TrustRoot> trustRoot(String name) {
        return note(new Used.Reference(Used.Kind.TRUST_ROOT, "", name)) instanceof TrustRoot root
                ? Optional.of(root)
                : Optional.empty();
    }

    @Override
    public TrustedRoot publicGood() {
        Object _ = note(PUBLIC_GOOD);
        return publicGood.get();
    }

    @Override
    public void close() {
        secrets.close();
        configMaps.close();
    }
}
