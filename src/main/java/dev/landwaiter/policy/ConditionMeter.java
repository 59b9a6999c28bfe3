package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one evaluation costs, and ends it where it costs too much: a unit for each step, and before each call what its operands
 * weigh, because comparing two values takes as long as they are large. A value that an expression makes of others weighs as much as all of
 * them together, however often the same one is in it.
 */
final class ConditionMeter implements CelEvaluationListener {
    static final String EXHAUSTED = "evaluating it on this attestation costs too much";

    /** In units; one takes a microsecond at most. */
    private static final long MAX_UNITS = 500_000;
    /** Of a statement: objects, arrays, texts, numbers. */
    private static final int MAX_VALUES = 200_000;
    /** Of a text that the expression makes. */
    private static final int MAX_CHARACTERS = 1 << 20;
    /** Of a list or map that the expression makes. */
    private static final int MAX_ELEMENTS = 100_000;

    private static final long HEAVIEST = 1L << 31;
    /** Characters of text that weigh as much as one value. */
    private static final int CHARACTERS = 8;
    /** Of a search's steps, how many make up one unit. */
    private static final int STEPS = 16;

    private final ConditionCosts costs;
    private final IdentityHashMap<Object, Long> weights = new IdentityHashMap<>();
    private final Map<Long, Long> operands = new HashMap<>();
    private int values;
    private long spent;
    private boolean exhausted;

    ConditionMeter(ConditionCosts costs) {
        this.costs = costs;
    }

    /** Whether it has ended the evaluation, whatever became of that. */
    boolean exhausted() {
        return exhausted;
    }

    /** {@code node} as CEL has it. */
    Object value(JsonNode node) {
        if (++values > MAX_VALUES) {
            throw exceeded();
        }
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, Object> map = new HashMap<>();
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    map.put(field.getKey(), value(field.getValue()));
                }
                yield whole(map);
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>(node.size());
                node.forEach(element -> list.add(value(element)));
                List<Object> fixed = Collections.unmodifiableList(list);
                weights.put(fixed, sum(list));
                yield fixed;
            }
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> {
                // as two branches: as one expression both would become a double
                if (node.canConvertToExactIntegral() && node.canConvertToLong()) {
                    yield node.longValue();
                }
                yield node.doubleValue();
            }
            case NULL, MISSING, BINARY, POJO -> NullValue.NULL_VALUE;
        };
    }

    /** {@code fields} as one value. */
    Map<String, Object> whole(Map<String, Object> fields) {
        Map<String, Object> fixed = Collections.unmodifiableMap(new HashMap<>(fields));
        weights.put(fixed, sum(fields.values()) + fields.size());
        return fixed;
    }

    @Override
    public void callback(CelExpr expr, @Nullable Object value) {
        spend(1);
        switch (expr.getKind()) {
            case CALL, LIST, MAP, STRUCT, COMPREHENSION -> bound(value);
            case CONSTANT, IDENT, SELECT, NOT_SET -> {}
        }
        ConditionCosts.Call call = costs.ofOperand(expr.id());
        if (call != null) {
            operands.put(expr.id(), weight(value));
            if (expr.id() == call.last()) {
                spend(cost(call));
            }
        }
    }

    private long cost(ConditionCosts.Call call) {
        long sum = 0;
        long product = 1;
        for (long operand : call.operands()) {
            long weight = operands.getOrDefault(operand, 1L);
            sum = bounded(sum + weight);
            product = bounded(product * weight);
        }
        return switch (call.growth()) {
            case SUM -> bounded(sum * (1 + call.factor() / STEPS));
            case PRODUCT -> bounded(sum + product * CHARACTERS * CHARACTERS / STEPS);
        };
    }

    private void spend(long units) {
        spent += units;
        if (exhausted || spent > MAX_UNITS) {
            throw exceeded();
        }
    }

    private void bound(@Nullable Object made) {
        boolean large = switch (made) {
            case String text -> text.length() > MAX_CHARACTERS;
            case Collection<?> list -> list.size() > MAX_ELEMENTS;
            case Map<?, ?> map -> map.size() > MAX_ELEMENTS;
            case null, default -> false;
        };
        if (large) {
            throw exceeded();
        }
    }

    private long weight(@Nullable Object value) {
        return switch (value) {
            case String text -> 1 + text.length() / CHARACTERS;
            case Collection<?> list -> known(list, list);
            case Map<?, ?> map -> known(map, map.values());
            case null, default -> 1;
        };
    }

    private long known(Object whole, Collection<?> parts) {
        Long known = weights.get(whole);
        if (known != null) {
            return known;
        }
        spend(parts.size());
        long sum = sum(parts);
        weights.put(whole, sum);
        return sum;
    }

    private long sum(Collection<?> parts) {
        long sum = 1;
        for (Object part : parts) {
            sum = bounded(sum + weight(part));
        }
        return sum;
    }

    private static long bounded(long weight) {
        return Math.min(weight, HEAVIEST);
    }

    private Exceeded exceeded() {
        exhausted = true;
        return new Exceeded();
    }

    /** Ends an evaluation; not told to anybody. */
    private static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exceeded() {
            super(EXHAUSTED, null, false, false);
        }
    }
}
