package dev.landwaiter.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one object, as it is found: of hundreds of images under hundreds of policies, no more than so much is kept, or even put into
 * words. There rather is something about each subject than everything about the first.
 */
final class Bounded<T> {
    private final int most;
    private final List<Kept<T>> first = new ArrayList<>(0);
    private final List<Kept<T>> further = new ArrayList<>(0);
    private @Nullable String subject;
    private int found;

    private record Kept<T>(int order, T item) {}

    /** @param most is kept */
    Bounded(int most) {
        this.most = most;
    }

    /**
     * Adds something.
     *
     * @param about its subject; what is about one comes without anything else in between
     * @param item asked for only where it is kept
     */
    void add(String about, Supplier<T> item) {
        List<Kept<T>> into = about.equals(subject) ? further : first;
        subject = about;
        if (into.size() < most) {
            into.add(new Kept<>(found, item.get()));
        }
        found++;
    }

    /** How much was added. */
    int found() {
        return found;
    }

    /** What is kept, at most {@code room} of it, as it came. */
    List<T> kept(int room) {
        if (found == 0) {
            return List.of();
        }
        return Stream.concat(first.stream(), further.stream())
                .limit(room)
                .sorted(Comparator.comparingInt(Kept::order))
                .map(Kept::item)
                .toList();
    }
}
