package dev.landwaiter.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A label selector over namespaces or Pods, as Kubernetes defines it: every label and every expression must hold; an empty one matches all.
 */
public record LabelSelector(Map<String, String> matchLabels, List<Expression> matchExpressions) {
    /** Whatever labels there are. */
    public static final LabelSelector ALL = new LabelSelector(Map.of(), List.of());

    public LabelSelector {
        matchLabels = Map.copyOf(matchLabels);
        matchExpressions = List.copyOf(matchExpressions);
    }

    /** Whether it matches without a look at the labels. */
    public boolean matchesAll() {
        return matchLabels.isEmpty() && matchExpressions.isEmpty();
    }

    public boolean matches(Map<String, String> labels) {
        for (Map.Entry<String, String> wanted : matchLabels.entrySet()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        for (Expression expression : matchExpressions) {
            if (!expression.holds(labels)) {
                return false;
            }
        }
        return true;
    }

    /** {@code key operator values}. */
    public record Expression(String key, Operator operator, Set<String> values) {
        public Expression {
            values = Set.copyOf(values);
        }

        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /** {@code In}, {@code NotIn}, {@code Exists}, {@code DoesNotExist}. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }
}
