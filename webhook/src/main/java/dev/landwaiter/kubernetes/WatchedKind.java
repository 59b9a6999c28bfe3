package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;

/** The objects of one kind of ours as they are now, and which of them changed. */
final class WatchedKind implements AutoCloseable {
    /** Of a list's answers: objects of a megabyte each must not fill the memory before one of them is looked at. */
    private static final long PAGE = 16;
    /** What is held of one namespace's objects, of what they may have together. */
    private static final int TIMES = 4;
    /** Of how many a namespace may have: as many are in force, and as many refuse by themselves what they match. */
    private static final int COUNTING = 2;

    private final ClusterConnection cluster;
    private final PolicyKind kind;
    private final ObjectStore store;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final Watching watching;
    /** The keys of objects that changed since {@link #changed} was asked last. */
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    private boolean listed;

    /**
     * Starts to watch at once.
     *
     * @param limits by which it is bounded what is held of each namespace
     * @param news called after each change, and once all have been listed
     */
    WatchedKind(ClusterConnection cluster, PolicyKind kind, Limits limits, Runnable news, Logger log) {
        this.cluster = cluster;
        this.kind = kind;
        this.store = new ObjectStore(
                TIMES * limits.get(Limit.NAMESPACE_POLICY_BYTES),
                COUNTING * limits.count(Limit.NAMESPACE_POLICIES),
                key -> {
                    boolean _ = changed.add(key);
                    news.run();
                });
        this.informer = cluster.client()
                .genericKubernetesResources(kind.resource())
                .inAnyNamespace()
                .withLimit(PAGE)
                .runnableInformer(0)
                .itemStore(store);
        SharedIndexInformer<GenericKubernetesResource> _ = informer.addEventHandler(new Events<>(object -> {
            boolean _ = changed.add(Cache.metaNamespaceKeyFunc(object));
            news.run();
        }));
        this.watching = Watching.start(
                informer,
                new Watching.Subject(
                        cluster, kind.plural(), kind.plural(), "/apis/landwaiter.dev/v1alpha1/" + kind.plural()),
                log,
                news);
    }

    boolean synced() {
        return informer.hasSynced();
    }

    /**
     * The keys, {@code name} or {@code namespace/name}, of objects that came, changed or went since this was asked last; of all objects when it
     * is asked for the first time, once they have been listed: their events come later. For one thread.
     */
    Set<String> changed() {
        Set<String> keys = new HashSet<>();
        if (!listed) {
            listed = true;
            keys.addAll(informer.getStore().listKeys());
        }
        for (Iterator<String> all = changed.iterator(); all.hasNext(); ) {
            boolean _ = keys.add(all.next());
            // before the object is looked at: what happens to it from now on is told again
            all.remove();
        }
        return keys;
    }

    /** The object as it is now; empty where there is none. */
    Optional<Seen> find(String key) {
        return Optional.ofNullable(informer.getStore().getByKey(key)).map(Seen::new);
    }

    /** Whether the object's spec is not held, because older ones of its namespace have all the room that there is. */
    boolean dropped(String key) {
        return store.dropped(key);
    }

    /** Fetches specs of {@code namespace} again that were dropped, as far as there is room for them now; gives the keys of their objects. */
    Set<String> restore(String namespace) {
        Set<String> restored = new HashSet<>();
        for (Optional<String> key = store.restorable(namespace);
                key.isPresent() && restored.add(key.get());
                key = store.restorable(namespace)) {
            GenericKubernetesResource fetched = cluster.client()
                    .genericKubernetesResources(kind.resource())
                    .inNamespace(namespace)
                    .withName(key.get().substring(key.get().indexOf('/') + 1))
                    .get();
            if (fetched == null) {
                break;
            }
            store.restore(fetched);
        }
        return restored;
    }

    @Override
    public void close() {
        watching.close();
    }

    /** Tells of whatever happens to an object. */
    record Events<T extends HasMetadata>(Consumer<T> changed) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            changed.accept(object);
        }

        @Override
        public void onUpdate(T before, T object) {
            changed.accept(object);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            changed.accept(object);
        }
    }
}
