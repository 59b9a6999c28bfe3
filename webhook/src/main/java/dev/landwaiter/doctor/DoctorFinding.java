package dev.landwaiter.doctor;

import dev.landwaiter.lint.Severity;

/**
 * One thing that is wrong, or worth knowing.
 *
 * @param where {@code Service "landwaiter/landwaiter"}
 * @param what is wrong, and why it matters, in a sentence or two
 * @param next what to do
 */
public record DoctorFinding(FindingCode code, String where, String what, String next) {
    public Severity severity() {
        return code.severity();
    }
}
