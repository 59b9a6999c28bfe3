package dev.landwaiter.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What there is room for of a list, in its order, and how many others there are.
 *
 * @param kept the same list where there is room for all of it
 */
public record Cut<T>(List<T> kept, int more) {
    public Cut {
        kept = List.copyOf(kept);
    }

    /** Of {@code items}, from the first on, those that together have no more than {@code room}; an item that is too large leaves room for later ones. */
    public static <T> Cut<T> toFit(List<T> items, int room, ToIntFunction<T> size) {
        int used = 0;
        for (T item : items) {
            used = Math.addExact(used, size.applyAsInt(item));
        }
        if (used <= room) {
            return new Cut<>(items, 0);
        }
        List<T> kept = new ArrayList<>();
        int left = room;
        for (T item : items) {
            int needed = size.applyAsInt(item);
            if (needed <= left) {
                kept.add(item);
                left -= needed;
            }
        }
        return new Cut<>(kept, items.size() - kept.size());
    }
}
