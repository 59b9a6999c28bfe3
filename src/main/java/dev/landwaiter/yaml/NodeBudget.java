package dev.landwaiter.yaml;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;

/**
 * What the nodes of one text may take together, an alias counting as all that it stands for: ten lines of aliases can stand for a billion
 * nodes, which are refused without being made.
 */
final class NodeBudget {
    private final Limits limits;
    private final Limit bytes;
    private final String what;
    private Spent spent = new Spent(0, 0);

    /**
     * What some nodes take.
     *
     * @param nodes mappings, lists, keys and values
     * @param characters of all keys and values
     */
    record Spent(long nodes, long characters) {
        Spent plus(Spent more) {
            return new Spent(nodes + more.nodes, characters + more.characters);
        }

        Spent minus(Spent less) {
            return new Spent(nodes - less.nodes, characters - less.characters);
        }
    }

    NodeBudget(Limits limits, Limit bytes, String what) {
        this.limits = limits;
        this.bytes = bytes;
        this.what = what;
    }

    Spent spent() {
        return spent;
    }

    /** @throws Failure {@code LIMIT_EXCEEDED} */
    void spend(Spent more, Mark mark) {
        spent = spent.plus(more);
        if (spent.nodes > limits.get(Limit.YAML_NODES)) {
            throw limits.exceeded(Limit.YAML_NODES, at(mark));
        }
        if (spent.characters > limits.get(bytes)) {
            throw limits.exceeded(bytes, at(mark));
        }
    }

    /** @throws Failure {@code LIMIT_EXCEEDED} where {@code depth} is one too many */
    void checkDepth(int depth, Mark mark) {
        if (depth > limits.get(Limit.YAML_DEPTH)) {
            throw limits.exceeded(Limit.YAML_DEPTH, at(mark));
        }
    }

    private String at(Mark mark) {
        return "%s up to %s".formatted(what, mark.text());
    }
}
