package dev.landwaiter.policy;

/** What a policy does where it could not check. */
public enum OnUnavailable {
    DENY,
    ADMIT
}
