package dev.landwaiter.lint;

import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.LabelSelector.Expression;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Of a policy's namespaceSelector: whether any namespace can match it. */
final class SelectorRules {
    private static final String PATH = "spec.namespaceSelector";
    /** Every namespace of a cluster has it. */
    private static final String NAME_LABEL = "kubernetes.io/metadata.name";

    private SelectorRules() {}

    /**
     * @param namespaces the labels of each namespace of the files
     */
    static void check(PolicyObject policy, Collection<Map<String, String>> namespaces) {
        LabelSelector selector = policy.policy().namespaces();
        Optional<String> contradiction = contradiction(selector);
        if (contradiction.isPresent()) {
            policy.found(
                    LintCode.SELECTOR_NEVER_MATCHES,
                    PATH,
                    "No namespace can match: %s. The policy is for nothing.".formatted(contradiction.get()));
        } else if (!namespaces.isEmpty() && namespaces.stream().noneMatch(selector::matches)) {
            policy.found(
                    LintCode.SELECTOR_MATCHES_NONE_HERE,
                    PATH,
                    "None of the %d Namespaces in these files matches. Check the labels' names and values."
                            .formatted(namespaces.size()));
        }
    }

    /** Why {@code selector} can match nothing; empty where it can match something. */
    private static Optional<String> contradiction(LabelSelector selector) {
        Map<String, Demand> demands = new TreeMap<>();
        demands.put(NAME_LABEL, new Demand());
        demand(demands, NAME_LABEL).mustExist = true;
        selector.matchLabels().forEach((key, value) -> demand(demands, key).oneOf(Set.of(value)));
        for (Expression expression : selector.matchExpressions()) {
            Demand demand = demand(demands, expression.key());
            switch (expression.operator()) {
                case IN -> demand.oneOf(expression.values());
                case NOT_IN -> demand.noneOf.addAll(expression.values());
                case EXISTS -> demand.mustExist = true;
                case DOES_NOT_EXIST -> demand.mustNotExist = true;
            }
        }
        return demands.entrySet().stream()
                .filter(entry -> entry.getValue().impossible())
                .map(entry -> entry.getKey() + " " + entry.getValue().why())
                .findFirst();
    }

    private static Demand demand(Map<String, Demand> demands, String key) {
        return demands.computeIfAbsent(key, name -> new Demand());
    }

    /** What is asked of one label, all together. */
    private static final class Demand {
        private final Set<String> noneOf = new HashSet<>();
        /** What is left of the values that it may have; unlimited while empty and nothing was asked. */
        private final Set<String> oneOf = new HashSet<>();

        private boolean limited;
        private boolean mustExist;
        private boolean mustNotExist;

        void oneOf(Set<String> values) {
            if (limited) {
                oneOf.retainAll(values);
            } else {
                oneOf.addAll(values);
            }
            limited = true;
            mustExist = true;
        }

        boolean impossible() {
            return (mustExist && mustNotExist) || (limited && noneOf.containsAll(oneOf));
        }

        String why() {
            if (mustExist && mustNotExist) {
                return "must be there and must not be there";
            }
            return oneOf.isEmpty()
                    ? "must have two values at once"
                    : "must have a value that it must not have (%s)"
                            .formatted(String.join(
                                    ", ", List.copyOf(oneOf).stream().sorted().toList()));
        }
    }
}
