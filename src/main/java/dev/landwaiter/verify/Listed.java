package dev.landwaiter.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** One of several things that lie beside an image, and how likely it is what a policy asks for. */
record Listed<T>(T value, Likelihood likelihood) {
    /** The likeliest first. */
    static <T> List<Listed<T>> likeliestFirst(List<Listed<T>> all) {
        return all.stream()
                .sorted(Comparator.comparing(Listed::likelihood, Likelihood.FIRST))
                .toList();
    }

    /** As they were listed. */
    static <T> List<T> inOrder(List<Listed<T>> all) {
        return all.stream()
                .sorted(Comparator.comparingInt(one -> one.likelihood().place()))
                .map(Listed::value)
                .toList();
    }

    /**
     * Which of them are read.
     *
     * @param read the likeliest first
     * @param likely how many of the others may be what is asked for
     * @param unlikely how many of the others state to be something else
     */
    record Choice<T>(List<Listed<T>> read, int likely, int unlikely) {
        Choice {
            read = List.copyOf(read);
        }

        /** Those that there is {@code room} for, where the likeliest choose first. */
        static <T> Choice<T> of(List<Listed<T>> all, Predicate<Listed<T>> room) {
            List<Listed<T>> read = new ArrayList<>();
            int likely = 0;
            int unlikely = 0;
            for (Listed<T> one : likeliestFirst(all)) {
                if (room.test(one)) {
                    read.add(one);
                } else if (one.likelihood().likely()) {
                    likely++;
                } else {
                    unlikely++;
                }
            }
            return new Choice<>(read, likely, unlikely);
        }
    }
}
