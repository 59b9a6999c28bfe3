package dev.landwaiter.policy;

import dev.landwaiter.limit.Limit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads label selectors. */
final class SelectorReader {
    private static final Map<String, LabelSelector.Operator> OPERATORS = Map.of(
            "In", LabelSelector.Operator.IN,
            "NotIn", LabelSelector.Operator.NOT_IN,
            "Exists", LabelSelector.Operator.EXISTS,
            "DoesNotExist", LabelSelector.Operator.DOES_NOT_EXIST);

    private SelectorReader() {}

    /** The selector that {@code field} is; one that matches everything where it is missing or, a problem then, can't be read. */
    static LabelSelector read(Fields field) {
        if (!field.present()) {
            return LabelSelector.ALL;
        }
        int before = field.problems().size();
        if (!field.node().isObject()) {
            field.problem("is not a label selector");
        }
        for (String name : field.names()) {
            if (!Set.of("matchLabels", "matchExpressions").contains(name)) {
                field.at(name).problem("is not a field of a label selector");
            }
        }
        Map<String, String> labels = new LinkedHashMap<>();
        Fields matchLabels = field.object("matchLabels");
        boolean _ = matchLabels.exceeds(Limit.SELECTOR_TERMS, matchLabels.node().size());
        for (String name : matchLabels.names()) {
            if (matchLabels.at(name).node().isTextual()) {
                labels.put(name, matchLabels.text(name));
            } else {
                matchLabels.at(name).problem("is not a text");
            }
        }
        List<LabelSelector.Expression> expressions = new ArrayList<>();
        field.list("matchExpressions", Limit.SELECTOR_TERMS)
                .forEach(one -> expression(one).ifPresent(expressions::add));
        return field.problems().size() == before ? new LabelSelector(labels, expressions) : LabelSelector.ALL;
    }

    private static Optional<LabelSelector.Expression> expression(Fields expression) {
        String key = expression.text("key");
        LabelSelector.Operator operator = OPERATORS.get(expression.text("operator"));
        if (key.isEmpty() || operator == null) {
            expression.problem("needs a key and an operator of In, NotIn, Exists, DoesNotExist");
            return Optional.empty();
        }
        Set<String> values = new HashSet<>();
        expression.list("values", Limit.SELECTOR_VALUES).forEach(value -> values.add(value.text()));
        boolean takesValues = switch (operator) {
            case IN, NOT_IN -> true;
            case EXISTS, DOES_NOT_EXIST -> false;
        };
        if (takesValues == values.isEmpty()) {
            expression
                    .at("values")
                    .problem("must %s with this operator".formatted(takesValues ? "not be empty" : "be empty"));
            return Optional.empty();
        }
        return Optional.of(new LabelSelector.Expression(key, operator, values));
    }
}
