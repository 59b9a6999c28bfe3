package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;

/** The objects of one kind of ours as they are now, as trees. */
final class WatchedKind implements AutoCloseable {
    private static final ObjectMapper TREES = new ObjectMapper();

    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final Watching watching;
    private Map<String, Seen> known = Map.of();

    /**
     * An object at one moment.
     *
     * @param version changes with every change of it, and is never another object's of that name
     */
    record Seen(String version, JsonNode tree) {}

    /** Starts to watch at once, and calls {@code changed} after each change and once all have been listed. */
    WatchedKind(ClusterConnection cluster, PolicyKind kind, Runnable changed, Logger log) {
        this.informer = cluster.client()
                .genericKubernetesResources(kind.resource())
                .inAnyNamespace()
                .runnableInformer(0);
        SharedIndexInformer<GenericKubernetesResource> _ = informer.addEventHandler(new Events<>(changed));
        this.watching = Watching.start(informer, kind.plural(), log, changed);
    }

    boolean synced() {
        return informer.hasSynced();
    }

    /**
     * By {@code name} or {@code namespace/name}. From the informer's own store, which is complete once it has synced: its events come later.
     * For one thread.
     */
    Map<String, Seen> objects() {
        Map<String, Seen> now = new HashMap<>();
        for (GenericKubernetesResource object : informer.getStore().list()) {
            String key = key(object);
            Seen before = known.get(key);
            String version =
                    object.getMetadata().getUid() + " " + object.getMetadata().getResourceVersion();
            Seen one = before != null && before.version().equals(version)
                    ? before
                    : new Seen(version, TREES.valueToTree(object));
            now.put(key, one);
        }
        known = now;
        return now;
    }

    private static String key(GenericKubernetesResource object) {
        String namespace = object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
    }

    @Override
    public void close() {
        watching.close();
    }

    /** Tells of whatever happens. */
    record Events<T>(Runnable changed) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            changed.run();
        }

        @Override
        public void onUpdate(T before, T object) {
            changed.run();
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            changed.run();
        }
    }
}
