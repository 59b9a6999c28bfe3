package dev.landwaiter.limit;

import dev.landwaiter.failure.*;
import java.util.*;
import java.util.concurrent.*;

/** Temporary. */
public final class Parallel {
    private Parallel() {}
    /** Temporary. */
    public static <T> List<T> all(List<Callable<T>> tasks, Deadline deadline, String what) {
        List<T> out = new ArrayList<>();
        for (Callable<T> t : tasks) {
            try {
                out.add(t.call());
            } catch (Exception e) {
                throw Failure.of(e);
            }
        }
        return out;
    }
}
