package dev.landwaiter.doctor;

import java.util.ArrayList;
import java.util.List;

/** Findings as they come. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();

    void add(FindingCode code, String where, String what, String next) {
        all.add(new Finding(code, where, what, next));
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
