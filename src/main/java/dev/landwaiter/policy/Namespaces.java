package dev.landwaiter.policy;

import dev.landwaiter.limit.Deadline;
import java.util.Map;
import java.util.Optional;

/** The labels of namespaces, as a port. */
@FunctionalInterface
public interface Namespaces {
    /**
     * The labels of {@code name}; empty where nobody can know them because there is no cluster, and every selector then matches.
     *
     * @throws dev.landwaiter.failure.Failure {@code NAMESPACE_UNAVAILABLE} where the cluster did not answer: never 'no match'
     */
    Optional<Map<String, String>> labels(String name, Deadline deadline);
}
