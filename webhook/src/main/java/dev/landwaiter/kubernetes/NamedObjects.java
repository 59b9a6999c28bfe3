package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.Materials.Stored;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Single objects of one kind, each watched by its name alone, from the moment it is first asked for until nobody needs it any more. Nothing
 * here waits for the API server. For use by one thread.
 */
final class NamedObjects<T extends HasMetadata> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamedObjects.class);

    private final ClusterConnection cluster;
    private final String watch;
    private final String kind;
    private final BiFunction<String, String, Resource<T>> resources;
    private final Function<T, Stored> reader;
    private final Runnable changed;
    private final Map<String, Watched<T>> watched = new HashMap<>();

    /** One object, and what was found of it last: the same as long as it holds the same. */
    private static final class Watched<T> {
        private final SharedIndexInformer<T> informer;
        private final Watching watching;
        private @Nullable String version;
        private Stored last = new Stored.Absent("");

        Watched(SharedIndexInformer<T> informer, Watching watching) {
            this.informer = informer;
            this.watching = watching;
        }
    }

    /**
     * Objects of one kind.
     *
     * @param watch under what name the watches are known
     * @param kind for messages: {@code Secret}
     * @param resources by namespace and name
     * @param reader of an object
     * @param changed called after each change of one of them, and once it is known whether there is one
     */
    NamedObjects(
            ClusterConnection cluster,
            String watch,
            String kind,
            BiFunction<String, String, Resource<T>> resources,
            Function<T, Stored> reader,
            Runnable changed) {
        this.cluster = cluster;
        this.watch = watch;
        this.kind = kind;
        this.resources = resources;
        this.reader = reader;
        this.changed = changed;
    }

    /** What the object holds now; the very same as before where nothing of it changed but what nobody reads, as annotations. */
    Stored find(String namespace, String name) {
        String key = namespace + "/" + name;
        Watched<T> one = watched.computeIfAbsent(key, _ -> watch(namespace, name));
        T object = one.informer.getStore().getByKey(key);
        String version = object == null ? null : object.getMetadata().getResourceVersion();
        if (object == null || version == null || !version.equals(one.version)) {
            Stored now = object != null
                    ? reader.apply(object)
                    : new Stored.Absent(one.informer.hasSynced() ? "there is none" : one.watching.trouble());
            one.version = version;
            one.last = same(one.last, now) ? one.last : now;
        }
        return one.last;
    }

    /** Whether the API server has not said yet whether there is such an object. */
    boolean pending(String namespace, String name) {
        Watched<T> one = watched.get(namespace + "/" + name);
        return one != null && !one.watching.answered();
    }

    private static boolean same(Stored one, Stored other) {
        return switch (one) {
            case Stored.Absent(String why) -> other instanceof Stored.Absent(String otherWhy) && why.equals(otherWhy);
            case Stored.Present(String uid, Map<String, byte[]> entries) ->
                other instanceof Stored.Present(String otherUid, Map<String, byte[]> others)
                        && uid.equals(otherUid)
                        && entries.keySet().equals(others.keySet())
                        && entries.entrySet().stream()
                                .allMatch(entry -> Arrays.equals(entry.getValue(), others.get(entry.getKey())));
        };
    }

    private Watched<T> watch(String namespace, String name) {
        SharedIndexInformer<T> informer = resources.apply(namespace, name).runnableInformer(0);
        SharedIndexInformer<T> _ = informer.addEventHandler(new WatchedKind.Events<>(_ -> changed.run()));
        Watching.Subject subject = new Watching.Subject(
                cluster,
                watch,
                "%s %s/%s".formatted(kind, namespace, name),
                "/api/v1/namespaces/%s/%ss".formatted(namespace, kind.toLowerCase(Locale.ROOT)));
        return new Watched<>(informer, Watching.start(informer, subject, LOG, changed));
    }

    /** Lets go of all that is not among {@code needed}. */
    void keep(Set<String> needed) {
        watched.entrySet().removeIf(one -> {
            boolean gone = !needed.contains(one.getKey());
            if (gone) {
                one.getValue().watching.close();
            }
            return gone;
        });
    }

    @Override
    public void close() {
        keep(Set.of());
    }
}
