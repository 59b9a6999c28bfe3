package dev.landwaiter.policy;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is left of what the ImagePolicies of one namespace may cost together. Policies are offered in an order that does not change by itself,
 * the oldest first, so that a new one never takes the place of another. For use by one thread.
 */
public final class PolicyAllowance {
    private final Limits limits;
    private final Map<Limit, Long> used = new EnumMap<>(Limit.class);
    private final Set<String> materials = new HashSet<>();
    private int refused;

    public PolicyAllowance(Limits limits) {
        this.limits = limits;
    }

    /** Counts in a policy of {@code size}; where it exceeds a limit that limit, and it is not counted. */
    public Optional<Limit> take(PolicySize size) {
        Set<String> all = new HashSet<>(materials);
        all.addAll(size.materials());
        Map<Limit, Long> then = new EnumMap<>(Map.of(
                Limit.NAMESPACE_POLICIES, used(Limit.NAMESPACE_POLICIES) + 1,
                Limit.NAMESPACE_POLICY_BYTES, used(Limit.NAMESPACE_POLICY_BYTES) + size.bytes(),
                Limit.NAMESPACE_GLOB_CHARACTERS, used(Limit.NAMESPACE_GLOB_CHARACTERS) + size.globCharacters(),
                Limit.NAMESPACE_CONDITION_BYTES, used(Limit.NAMESPACE_CONDITION_BYTES) + size.conditionBytes(),
                Limit.NAMESPACE_PATTERN_INSTRUCTIONS,
                        used(Limit.NAMESPACE_PATTERN_INSTRUCTIONS) + size.patternInstructions(),
                Limit.NAMESPACE_MATERIALS, (long) all.size()));
        for (Map.Entry<Limit, Long> one : then.entrySet()) {
            if (one.getValue() > limits.get(one.getKey())) {
                return Optional.of(one.getKey());
            }
        }
        used.putAll(then);
        materials.addAll(size.materials());
        return Optional.empty();
    }

    /** Whether the globs of one that was not counted can still be told apart; else it has to be taken for one of all images. */
    public boolean takeGlobs(PolicySize size) {
        long then = used(Limit.NAMESPACE_GLOB_CHARACTERS) + size.globCharacters();
        if (refused >= limits.get(Limit.NAMESPACE_POLICIES) || then > limits.get(Limit.NAMESPACE_GLOB_CHARACTERS)) {
            return false;
        }
        refused++;
        used.put(Limit.NAMESPACE_GLOB_CHARACTERS, then);
        return true;
    }

    private long used(Limit limit) {
        return used.getOrDefault(limit, 0L);
    }
}
