package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a watch holds of its objects. Tenants make objects of up to a megabyte and as many as they like, so of each namespace only so much is
 * held: the oldest objects, which are those that count. Of the others the spec is dropped, but for its mode, and fetched again when there is
 * room. What nobody reads, such as annotations, is dropped of all.
 */
final class ObjectStore extends BasicItemStore<GenericKubernetesResource> {
    private static final String SPEC = "spec";
    private static final String MODE = "mode";
    /** Of a value besides its text, in characters. */
    private static final int VALUE = 16;

    private final long most;
    private final int counting;
    private final Consumer<String> dropping;
    private final Map<String, Held> namespaces = new HashMap<>();

    /**
     * One that holds nothing yet.
     *
     * @param most characters of the specs of one namespace's objects; those of the cluster's own have no bound
     * @param counting how many objects of a namespace are looked at one by one: no more are fetched again, each by a request of its own, that
     *     would only be counted
     * @param dropping told of the key of each object whose spec is dropped
     */
    ObjectStore(long most, int counting, Consumer<String> dropping) {
        super(Cache::metaNamespaceKeyFunc);
        this.most = most;
        this.counting = counting;
        this.dropping = dropping;
    }

    /** An object of a namespace; the oldest comes first. */
    private record Age(String created, String key) implements Comparable<Age> {
        private static final Comparator<Age> OLDEST_FIRST =
                Comparator.comparing(Age::created).thenComparing(Age::key);

        @Override
        public int compareTo(Age other) {
            return OLDEST_FIRST.compare(this, other);
        }
    }

    /** The weights of one namespace's objects: those whose specs are held, and those whose were dropped, all of which are younger. */
    private static final class Held {
        private final NavigableMap<Age, Long> whole = new TreeMap<>();
        private final NavigableMap<Age, Long> dropped = new TreeMap<>();
        private long weight;

        boolean olderThanDropped(Age age) {
            return dropped.isEmpty() || age.compareTo(dropped.firstKey()) < 0;
        }

        void add(Age age, long weighing) {
            whole.put(age, weighing);
            weight += weighing;
        }

        void forget(Age age) {
            Long before = whole.remove(age);
            weight -= before == null ? 0 : before;
            Long _ = dropped.remove(age);
        }
    }

    @Override
    public synchronized GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        object.getMetadata().setManagedFields(null);
        object.getMetadata().setAnnotations(null);
        GenericKubernetesResource before = get(key);
        if (before != null) {
            forget(before);
        }
        super.put(key, object);
        String namespace = object.getMetadata().getNamespace();
        if (namespace != null && !namespace.isEmpty()) {
            Held held = namespaces.computeIfAbsent(namespace, _ -> new Held());
            add(held, age(object), object);
        }
        return before;
    }

    private void add(Held held, Age age, GenericKubernetesResource object) {
        long weighing = weight(object.getAdditionalProperties().get(SPEC));
        if (!held.olderThanDropped(age)) {
            held.dropped.put(age, weighing);
            super.put(age.key(), withoutSpec(object));
            return;
        }
        held.add(age, weighing);
        while (held.weight > most) {
            drop(held);
        }
    }

    private void drop(Held held) {
        Map.Entry<Age, Long> newest = held.whole.lastEntry();
        held.forget(newest.getKey());
        held.dropped.put(newest.getKey(), newest.getValue());
        String key = newest.getKey().key();
        super.put(key, withoutSpec(get(key)));
        dropping.accept(key);
    }

    /** Another object: the one that was held may be being read. */
    private static GenericKubernetesResource withoutSpec(GenericKubernetesResource object) {
        GenericKubernetesResource without = new GenericKubernetesResource();
        without.setApiVersion(object.getApiVersion());
        without.setKind(object.getKind());
        without.setMetadata(object.getMetadata());
        without.setAdditionalProperties(new HashMap<>(object.getAdditionalProperties()));
        Object spec = object.getAdditionalProperties().get(SPEC);
        Object mode = spec instanceof Map<?, ?> fields ? fields.get(MODE) : null;
        without.setAdditionalProperty(SPEC, mode instanceof String text ? Map.of(MODE, text) : Map.of());
        return without;
    }

    @Override
    public synchronized GenericKubernetesResource remove(String key) {
        GenericKubernetesResource before = super.remove(key);
        if (before != null) {
            forget(before);
        }
        return before;
    }

    private void forget(GenericKubernetesResource object) {
        String namespace = object.getMetadata().getNamespace();
        Held held = namespace == null ? null : namespaces.get(namespace);
        if (held != null) {
            held.forget(age(object));
            if (held.whole.isEmpty() && held.dropped.isEmpty()) {
                Held _ = namespaces.remove(namespace);
            }
        }
    }

    private static Age age(GenericKubernetesResource object) {
        String created = object.getMetadata().getCreationTimestamp();
        return new Age(created == null ? "" : created, Cache.metaNamespaceKeyFunc(object));
    }

    /** Whether the spec of the object was dropped. */
    synchronized boolean dropped(String key) {
        GenericKubernetesResource object = get(key);
        String namespace = object == null ? null : object.getMetadata().getNamespace();
        Held held = namespace == null ? null : namespaces.get(namespace);
        return held != null && held.dropped.containsKey(age(object));
    }

    /** The key of the oldest object of {@code namespace} whose spec was dropped, where there is room for it by now. */
    synchronized Optional<String> restorable(String namespace) {
        Held held = namespaces.get(namespace);
        if (held == null || held.dropped.isEmpty() || held.whole.size() >= counting) {
            return Optional.empty();
        }
        Map.Entry<Age, Long> oldest = held.dropped.firstEntry();
        return held.weight + oldest.getValue() <= most
                ? Optional.of(oldest.getKey().key())
                : Optional.empty();
    }

    /** Takes the spec of {@code fetched} over, where it is the object that is held; else the watch is about to tell of it. */
    synchronized void restore(GenericKubernetesResource fetched) {
        String key = Cache.metaNamespaceKeyFunc(fetched);
        GenericKubernetesResource held = get(key);
        if (held != null
                && held.getMetadata()
                        .getResourceVersion()
                        .equals(fetched.getMetadata().getResourceVersion())) {
            GenericKubernetesResource _ = put(key, fetched);
        }
    }

    /** In characters, about. Not by recursion: a tenant made it. */
    private static long weight(@Nullable Object spec) {
        long weight = 0;
        Deque<Object> left = new ArrayDeque<>();
        left.add(spec == null ? "" : spec);
        while (!left.isEmpty()) {
            Object one = left.remove();
            weight += VALUE;
            switch (one) {
                case Map<?, ?> fields ->
                    fields.forEach((name, value) -> {
                        left.add(String.valueOf(name));
                        left.add(value == null ? "" : value);
                    });
                case Iterable<?> items -> items.forEach(item -> left.add(item == null ? "" : item));
                default -> weight += one.toString().length();
            }
        }
        return weight;
    }
}
