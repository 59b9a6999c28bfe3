package dev.landwaiter.check;

import dev.landwaiter.image.Platform;

/**
 * What settings decide where policies don't.
 *
 * @param noMatch for an image that no enforcing ClusterImagePolicy matches
 * @param onUnresolved for such an image that cannot be resolved
 * @param platform whose labels are read of an index
 */
public record AdmissionRules(NoMatch noMatch, OnUnresolved onUnresolved, Platform platform) {
    /** What to do with an image that no enforcing ClusterImagePolicy matches. */
    public enum NoMatch {
        ADMIT,
        WARN,
        DENY
    }

    /** What to do with an image that no policy is for and that cannot be resolved: one that only the node has. */
    public enum OnUnresolved {
        ADMIT,
        DENY
    }
}
