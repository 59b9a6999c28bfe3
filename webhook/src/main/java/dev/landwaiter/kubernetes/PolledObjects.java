package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.Materials.Stored;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects that tenants' policies name, each read again from time to time by {@code get}: a watch for each would be a connection for each. */
final class PolledObjects<T extends HasMetadata> implements NamedObjects {
    private final ObjectPoll poll;
    private final NamedKind<T> kind;
    private final Runnable changed;
    private final Map<String, Polled> polled = new HashMap<>();

    /**
     * None yet.
     *
     * @param changed called after each change of one of them, and once it is known whether there is one
     */
    PolledObjects(ObjectPoll poll, NamedKind<T> kind, Runnable changed) {
        this.poll = poll;
        this.kind = kind;
        this.changed = changed;
    }

    /**
     * What was found of an object last.
     *
     * @param version of what was read; null where nothing was
     */
    private record Found(@Nullable String version, Stored stored) {}

    private static final Found NOTHING = new Found(null, new Stored.Absent("the API server has not answered yet"));

    private final class Polled implements ObjectPoll.Task {
        private final String namespace;
        private final String name;
        private volatile Found found = NOTHING;

        Polled(String namespace, String name) {
            this.namespace = namespace;
            this.name = name;
        }

        @Override
        public String namespace() {
            return namespace;
        }

        @Override
        public String title() {
            return "%s %s/%s".formatted(kind.kind(), namespace, name);
        }

        @Override
        public Optional<String> read() {
            Found before = found;
            try {
                take(before, get(before));
                return Optional.empty();
            } catch (KubernetesClientException e) {
                String why = Contact.whyUnread(e.getCode());
                if (before.stored() instanceof Stored.Present) {
                    // what was read stays in force while it can't be read again
                    return Optional.of(why);
                }
                // the policies that name it are broken, and their status says why
                take(before, new Found(null, new Stored.Absent(why)));
                return Optional.empty();
            }
        }

        private void take(Found before, Found now) {
            if (now.equals(before)) {
                return;
            }
            boolean same = NamedKind.same(before.stored(), now.stored());
            found = same ? new Found(now.version(), before.stored()) : now;
            if (!same) {
                changed.run();
            }
        }

        private Found get(Found before) {
            T object = kind.resources().apply(namespace, name).get();
            if (object == null) {
                return new Found(null, Stored.Absent.MISSING);
            }
            String version = object.getMetadata().getResourceVersion();
            return version != null && version.equals(before.version())
                    ? before
                    : new Found(version, kind.reader().apply(object));
        }
    }

    @Override
    public Stored find(String namespace, String name) {
        return polled.computeIfAbsent(namespace + "/" + name, _ -> {
                    Polled one = new Polled(namespace, name);
                    poll.add(one);
                    return one;
                })
                .found
                .stored();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // there is one
    public boolean pending(String namespace, String name) {
        Polled one = polled.get(namespace + "/" + name);
        return one != null && one.found == NOTHING;
    }

    @Override
    public void keep(Set<String> needed) {
        polled.entrySet().removeIf(one -> {
            boolean gone = !needed.contains(one.getKey());
            if (gone) {
                poll.remove(one.getValue());
            }
            return gone;
        });
    }
}
