package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind as read, each read again only where what it says, or what it refers to, is something else: a change of its status or
 * of an annotation is none. For use by one thread.
 */
final class ReadObjects<T> {
    private final ClusterMaterials materials;
    private final Function<JsonNode, T> reader;
    private final BiConsumer<Seen, T> told;
    private final Map<String, Read<T>> read = new HashMap<>();

    /**
     * One object as read.
     *
     * @param value in force
     * @param state whether that is what it will be
     */
    private record Read<T>(Seen seen, T value, Used used, State state) {}

    private enum State {
        /** As it was read. */
        READ,
        /** Changed to what refers to something that is not known yet: as it was read before. */
        BEFORE,
        /** New, and what it refers to is not known yet. */
        UNREAD
    }

    /**
     * Objects that {@code reader} reads.
     *
     * @param told of each object that was read, or is another than before, with what it was read as
     */
    ReadObjects(ClusterMaterials materials, Function<JsonNode, T> reader, BiConsumer<Seen, T> told) {
        this.materials = materials;
        this.reader = reader;
        this.told = told;
    }

    /** Takes over an object as it is now, {@code null} where it went; says whether anything else is in force. */
    boolean update(String key, @Nullable Seen seen) {
        Read<T> before = read.get(key);
        if (seen == null) {
            return read.remove(key) != null;
        }
        if (before == null || !before.seen().sameContent(seen)) {
            return read(key, seen, before);
        }
        if (!before.seen().same(seen)) {
            read.put(key, new Read<>(seen, before.value(), before.used(), before.state()));
            if (before.state() == State.READ) {
                told.accept(seen, before.value());
            }
        }
        return false;
    }

    /** Reads those again that refer to something that is not as it was; says whether anything else is in force. */
    boolean refresh() {
        boolean changed = false;
        for (Map.Entry<String, Read<T>> one : List.copyOf(read.entrySet())) {
            if (!materials.holds(one.getValue().used())) {
                changed |= read(one.getKey(), one.getValue().seen(), one.getValue());
            }
        }
        return changed;
    }

    private boolean read(String key, Seen seen, @Nullable Read<T> before) {
        materials.begin();
        T value = reader.apply(seen.tree());
        Used used = materials.used();
        if (used.pending()) {
            // in a moment it is read again; until then what it was before stays, if it is still the same object
            if (before != null && before.seen().uid().equals(seen.uid()) && before.state() != State.UNREAD) {
                read.put(key, new Read<>(seen, before.value(), used, State.BEFORE));
                return false;
            }
            read.put(key, new Read<>(seen, value, used, State.UNREAD));
            return true;
        }
        read.put(key, new Read<>(seen, value, used, State.READ));
        told.accept(seen, value);
        return true;
    }

    /** What the object was read as. */
    Optional<T> find(String key) {
        return Optional.ofNullable(read.get(key)).map(Read::value);
    }

    /** Whether the object is new and refers to what is not known yet: what it was read as is broken. */
    boolean unread(String key) {
        Read<T> one = read.get(key);
        return one != null && one.state() == State.UNREAD;
    }

    /** Whether there are such. */
    boolean anyUnread() {
        return read.values().stream().anyMatch(one -> one.state() == State.UNREAD);
    }

    /** What all of them were read as; those that refer to what is not known yet are broken. */
    List<T> values() {
        return read.values().stream().map(Read::value).toList();
    }

    /** All of them as they were seen. */
    List<Seen> seen() {
        return read.values().stream().map(Read::seen).toList();
    }

    Collection<Used> used() {
        List<Used> used = new ArrayList<>();
        read.values().forEach(one -> used.add(one.used()));
        return used;
    }

    /** Has {@code told} hear of all of them. */
    void tellAll() {
        read.values().stream()
                .filter(one -> one.state() == State.READ)
                .forEach(one -> told.accept(one.seen(), one.value()));
    }
}
