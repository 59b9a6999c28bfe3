package dev.landwaiter.kubernetes;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one object referred to when it was read, and what was found there: it is read again where anything else would be found now.
 *
 * @param found by reference
 * @param pending whether the API server had not said yet what there is: what was read is not what it will be in a moment
 */
record Used(Map<Reference, Object> found, boolean pending) {
    Used {
        found = Map.copyOf(found);
    }

    /** Something that was referred to. */
    record Reference(Kind kind, String namespace, String name) {}

    enum Kind {
        SECRET,
        CONFIG_MAP,
        TRUST_ROOT,
        PUBLIC_GOOD
    }

    /** The keys of what was referred to of {@code kind}. */
    Set<String> keys(Kind kind) {
        return found.keySet().stream()
                .filter(reference -> reference.kind() == kind)
                .map(reference -> reference.namespace() + "/" + reference.name())
                .collect(Collectors.toSet());
    }
}
