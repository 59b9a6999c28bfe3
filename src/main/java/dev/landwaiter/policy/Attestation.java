package dev.landwaiter.policy;

import org.jspecify.annotations.Nullable;

/**
 * An attestation that must be there, signed by the authority.
 *
 * @param name for messages
 * @param predicateType the full URI
 * @param condition on its statement; null where it is enough that it is there
 */
public record Attestation(
        String name, String predicateType, @Nullable Condition condition) {}
