package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.Materials.Stored;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Single objects of one kind, each watched by its name alone, from the moment it is first asked for until nobody needs it any more. For use
 * by one thread.
 */
final class NamedObjects<T extends HasMetadata> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamedObjects.class);
    /** How long the first look at an object may hold up whoever asks. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

    private final String kind;
    private final BiFunction<String, String, Resource<T>> resources;
    private final Function<T, Map<String, byte[]>> entries;
    private final Runnable changed;
    private final Map<String, Watched<T>> watched = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    private record Watched<T>(SharedIndexInformer<T> informer, Watching watching) {}

    /**
     * Objects of one kind.
     *
     * @param kind for messages: {@code Secret}
     * @param resources by namespace and name
     * @param entries of an object
     * @param changed called after each change of one of them
     */
    NamedObjects(
            String kind,
            BiFunction<String, String, Resource<T>> resources,
            Function<T, Map<String, byte[]>> entries,
            Runnable changed) {
        this.kind = kind;
        this.resources = resources;
        this.entries = entries;
        this.changed = changed;
    }

    /** What the object holds now. */
    Stored find(String namespace, String name) {
        String key = namespace + "/" + name;
        boolean _ = asked.add(key);
        Watched<T> one = watched.computeIfAbsent(key, _ -> watch(namespace, name));
        T object = one.informer().getStore().getByKey(key);
        if (object != null) {
            String uid = object.getMetadata().getUid();
            return new Stored.Present(uid == null ? "" : uid, entries.apply(object));
        }
        return new Stored.Absent(
                one.informer().hasSynced() ? "there is none" : one.watching().trouble());
    }

    private Watched<T> watch(String namespace, String name) {
        SharedIndexInformer<T> informer = resources.apply(namespace, name).runnableInformer(0);
        SharedIndexInformer<T> _ = informer.addEventHandler(new WatchedKind.Events<>(changed));
        String what = "%s %s/%s".formatted(kind, namespace, name);
        Watching watching = Watching.start(informer, what, LOG, changed);
        watching.await(FIRST_LOOK);
        return new Watched<>(informer, watching);
    }

    /** Begins to note what is asked for. */
    void begin() {
        asked.clear();
    }

    /** What was asked for since {@link #begin}. */
    Set<String> asked() {
        return Set.copyOf(asked);
    }

    /** Lets go of all that is not among {@code needed}. */
    void keep(Set<String> needed) {
        watched.entrySet().removeIf(one -> {
            boolean gone = !needed.contains(one.getKey());
            if (gone) {
                one.getValue().watching().close();
            }
            return gone;
        });
    }

    @Override
    public void close() {
        keep(Set.of());
    }
}
