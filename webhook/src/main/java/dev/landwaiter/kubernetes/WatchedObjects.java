package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.Materials.Stored;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects that cluster admins' policies and trust roots name, each watched by its name alone. */
final class WatchedObjects<T extends HasMetadata> implements NamedObjects {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedObjects.class);

    private final ClusterConnection cluster;
    private final String watch;
    private final NamedKind<T> kind;
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
     * None yet.
     *
     * @param watch under what name the watches are known
     * @param changed called after each change of one of them, and once it is known whether there is one
     */
    WatchedObjects(ClusterConnection cluster, String watch, NamedKind<T> kind, Runnable changed) {
        this.cluster = cluster;
        this.watch = watch;
        this.kind = kind;
        this.changed = changed;
    }

    @Override
    public Stored find(String namespace, String name) {
        String key = namespace + "/" + name;
        Watched<T> one = watched.computeIfAbsent(key, _ -> watch(namespace, name));
        T object = one.informer.getStore().getByKey(key);
        String version = object == null ? null : object.getMetadata().getResourceVersion();
        if (object == null || version == null || !version.equals(one.version)) {
            Stored now = object != null
                    ? kind.reader().apply(object)
                    : one.informer.hasSynced() ? Stored.Absent.MISSING : new Stored.Absent(one.watching.trouble());
            one.version = version;
            one.last = NamedKind.same(one.last, now) ? one.last : now;
        }
        return one.last;
    }

    @Override
    public boolean pending(String namespace, String name) {
        Watched<T> one = watched.get(namespace + "/" + name);
        return one != null && !one.watching.answered();
    }

    private Watched<T> watch(String namespace, String name) {
        SharedIndexInformer<T> informer =
                kind.resources().apply(namespace, name).runnableInformer(0);
        SharedIndexInformer<T> _ = informer.addEventHandler(new WatchedKind.Events<>(_ -> changed.run()));
        Watching.Subject subject = new Watching.Subject(
                cluster,
                watch,
                "%s %s/%s".formatted(kind.kind(), namespace, name),
                "/api/v1/namespaces/%s/%ss".formatted(namespace, kind.kind().toLowerCase(Locale.ROOT)));
        return new Watched<>(informer, Watching.start(informer, subject, LOG, changed));
    }

    @Override
    public void keep(Set<String> needed) {
        watched.entrySet().removeIf(one -> {
            boolean gone = !needed.contains(one.getKey());
            if (gone) {
                one.getValue().watching.close();
            }
            return gone;
        });
    }
}
