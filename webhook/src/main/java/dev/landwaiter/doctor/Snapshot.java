package dev.landwaiter.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was seen of a cluster.
 *
 * @param others names of other installations
 * @param rights those that the webhook's account has; empty where nobody could say
 * @param rightsUnseen why nobody could say, if so
 * @param now here
 * @param skew how far the API server's clock is ahead, if it says what time it is
 */
record Snapshot(
        Installation installation,
        Set<String> others,
        Map<Part, Look> parts,
        Map<Right, Boolean> rights,
        Optional<String> rightsUnseen,
        Optional<Trial> trial,
        Instant now,
        Optional<Duration> skew) {
    Snapshot {
        others = Set.copyOf(others);
        parts = Map.copyOf(parts);
        rights = Map.copyOf(rights);
    }

    Look part(Part part) {
        return parts.getOrDefault(part, new Look.Absent());
    }

    /**
     * What the API server answered to a Pod that it was not to keep.
     *
     * @param reply an answer of 403 or the like, too
     */
    record Trial(String namespace, String image, ClusterApi.Reply reply) {}
}
