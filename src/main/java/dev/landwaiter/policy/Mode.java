package dev.landwaiter.policy;

/** What a policy does with an image that it does not accept. */
public enum Mode {
    /** Refuses the object. */
    ENFORCE,
    /** Admits it with a warning to the requester. */
    WARN,
    /** Admits it silently; log, metric and audit annotation tell. */
    AUDIT
}
