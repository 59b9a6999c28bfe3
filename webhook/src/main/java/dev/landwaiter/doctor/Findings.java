package dev.landwaiter.doctor;

import java.util.ArrayList;
import java.util.List;

/** Findings as they come. */
final class Findings {
    private final List<DoctorFinding> all = new ArrayList<>();

    void add(FindingCode code, String where, String what, String next) {
        all.add(new DoctorFinding(code, where, what, next));
    }

    List<DoctorFinding> all() {
        return List.copyOf(all);
    }
}
