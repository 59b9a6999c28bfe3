package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a Kubernetes label selector. What can't be read is told, and then selects every namespace: a broken policy is for no
 * fewer than was meant.
 */
final class SelectorReader {
    private static final Map<String, NamespaceSelector.Operator> OPERATORS = Map.of(
            "In", NamespaceSelector.Operator.IN,
            "NotIn", NamespaceSelector.Operator.NOT_IN,
            "Exists", NamespaceSelector.Operator.EXISTS,
            "DoesNotExist", NamespaceSelector.Operator.DOES_NOT_EXIST);

    private final List<String> problems;

    SelectorReader(List<String> problems) {
        this.problems = problems;
    }

    NamespaceSelector read(JsonNode selector) {
        if (selector.isMissingNode() || selector.isNull()) {
            return NamespaceSelector.ALL;
        }
        int before = problems.size();
        for (Map.Entry<String, JsonNode> field : selector.properties()) {
            if (!Set.of("matchLabels", "matchExpressions").contains(field.getKey())) {
                problems.add("spec.namespaceSelector.%s is not a field of a label selector".formatted(field.getKey()));
            }
        }
        if (!selector.isObject()) {
            problems.add("spec.namespaceSelector is not a label selector");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> label : selector.path("matchLabels").properties()) {
            if (label.getValue().isTextual()) {
                labels.put(label.getKey(), label.getValue().textValue());
            } else {
                problems.add("spec.namespaceSelector.matchLabels.%s is not a text".formatted(label.getKey()));
            }
        }
        List<NamespaceSelector.Expression> expressions = new ArrayList<>();
        JsonNode list = selector.path("matchExpressions");
        for (int i = 0; i < list.size(); i++) {
            expression(list.get(i), "spec.namespaceSelector.matchExpressions[" + i + "]")
                    .ifPresent(expressions::add);
        }
        return problems.size() == before ? new NamespaceSelector(labels, expressions) : NamespaceSelector.ALL;
    }

    private Optional<NamespaceSelector.Expression> expression(JsonNode node, String path) {
        String key = node.path("key").asText("");
        NamespaceSelector.Operator operator =
                OPERATORS.get(node.path("operator").asText(""));
        if (key.isEmpty() || operator == null) {
            problems.add("%s needs a key and an operator of In, NotIn, Exists, DoesNotExist".formatted(path));
            return Optional.empty();
        }
        Set<String> values = new HashSet<>();
        node.path("values").forEach(value -> values.add(value.asText()));
        boolean takesValues = switch (operator) {
            case IN, NOT_IN -> true;
            case EXISTS, DOES_NOT_EXIST -> false;
        };
        if (takesValues == values.isEmpty()) {
            problems.add(
                    "%s.values must %s with this operator".formatted(path, takesValues ? "not be empty" : "be empty"));
            return Optional.empty();
        }
        return Optional.of(new NamespaceSelector.Expression(key, operator, values));
    }
}
