package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.TrustedRoot;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the cluster's policies refer to. Secrets and ConfigMaps are read one by one, by name: it never lists others. For use by one thread.
 */
final class ClusterMaterials implements Materials, AutoCloseable {
    private static final Used.Reference PUBLIC_GOOD = new Used.Reference(Used.Kind.PUBLIC_GOOD, "", "");

    private final NamedObjects secrets;
    private final NamedObjects configMaps;
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
            ClusterConnection cluster,
            Limits limits,
            Supplier<TrustedRoot> publicGood,
            Supplier<Map<String, TrustRoot>> trustRoots) {}

    private ClusterMaterials(Common common, NamedObjects secrets, NamedObjects configMaps) {
        this.publicGood = common.publicGood();
        this.trustRoots = common.trustRoots();
        this.secrets = secrets;
        this.configMaps = configMaps;
    }

    /**
     * What cluster admins' policies and trust roots name, watched: as few as admins want, and a change is seen at once.
     *
     * @param changed called after each change of a Secret or ConfigMap that was asked for
     */
    static ClusterMaterials watched(Common common, Runnable changed) {
        ClusterConnection cluster = common.cluster();
        Limit most = Limit.TRUST_ROOT_BYTES;
        return new ClusterMaterials(
                common,
                new WatchedObjects<>(
                        cluster, Watches.MATERIALS, NamedKind.secrets(cluster, common.limits(), most), changed),
                new WatchedObjects<>(
                        cluster, Watches.MATERIALS, NamedKind.configMaps(cluster, common.limits(), most), changed));
    }

    /**
     * What the ImagePolicies of one namespace name, polled: tenants choose how many there are.
     *
     * @param changed as of {@link #watched}
     */
    static ClusterMaterials polled(Common common, ObjectPoll poll, Runnable changed) {
        ClusterConnection cluster = common.cluster();
        Limit most = Limit.MATERIAL_BYTES;
        return new ClusterMaterials(
                common,
                new PolledObjects<>(poll, NamedKind.secrets(cluster, common.limits(), most), changed),
                new PolledObjects<>(poll, NamedKind.configMaps(cluster, common.limits(), most), changed));
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
