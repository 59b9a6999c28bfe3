package dev.landwaiter.sigstore;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time for which a trust root's entry counts; both ends belong to it.
 *
 * @param end null where it is open
 */
record Validity(Instant start, @Nullable Instant end) {
    boolean contains(Instant time) {
        return !time.isBefore(start) && (end == null || !time.isAfter(end));
    }

    /** {@code 2025-01-31T00:00:00Z to 2026-01-31T00:00:00Z}, or {@code … on}. */
    @Override
    public String toString() {
        return end == null ? start + " on" : start + " to " + end;
    }
}
