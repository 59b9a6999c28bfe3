package dev.landwaiter.policy;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an expression's calls cost, as far as the expression alone tells: by which operand each is complete, and how its cost grows. Immutable. */
final class ConditionCosts {
    /** What takes the same time however large its operands are. */
    private static final Set<String> CONSTANT =
            Set.of("_[_]", "size", "_?_:_", "_&&_", "_||_", "!_", "@not_strictly_false", "type", "dyn");
    /** What looks for one text in another, place by place. */
    private static final Set<String> SEARCHES = Set.of("contains", "indexOf", "lastIndexOf", "split");

    private static final String MATCHES = "matches";
    /** Of the macros: to it each element is added in turn. */
    private static final String ACCUMULATOR = "@result";

    /** How a call's cost grows with its operands' weights. */
    enum Growth {
        SUM,
        PRODUCT
    }

    /**
     * A call that is about to happen.
     *
     * @param operands the ids of its target and arguments, in the order in which they are evaluated
     * @param factor of its cost: the size of a regular expression's program, else 1
     */
    record Call(List<Long> operands, Growth growth, long factor) {
        Call {
            operands = List.copyOf(operands);
        }

        /** The operand after which it happens. */
        long last() {
            return operands.getLast();
        }
    }

    private final Map<Long, Call> byOperand;
    private final @Nullable String problem;

    private ConditionCosts(Map<Long, Call> byOperand, @Nullable String problem) {
        this.byOperand = Map.copyOf(byOperand);
        this.problem = problem;
    }

    static ConditionCosts of(CelAbstractSyntaxTree tree) {
        Map<Long, Call> byOperand = new HashMap<>();
        List<String> problems = new ArrayList<>();
        CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.CALL)
                .map(CelNavigableExpr::expr)
                .forEach(expr -> add(expr.call(), byOperand, problems));
        return new ConditionCosts(byOperand, problems.isEmpty() ? null : problems.getFirst());
    }

    private static void add(CelExpr.CelCall call, Map<Long, Call> byOperand, List<String> problems) {
        List<CelExpr> operands = new ArrayList<>();
        call.target().ifPresent(operands::add);
        operands.addAll(call.args());
        long factor = 1;
        if (call.function().equals(MATCHES)) {
            factor = programSize(call.args(), problems);
        }
        boolean free = operands.isEmpty() || CONSTANT.contains(call.function()) || isAccumulation(operands);
        if (!free) {
            Call cost = new Call(
                    operands.stream().map(CelExpr::id).toList(),
                    SEARCHES.contains(call.function()) ? Growth.PRODUCT : Growth.SUM,
                    factor);
            operands.forEach(operand -> byOperand.put(operand.id(), cost));
        }
    }

    private static boolean isAccumulation(List<CelExpr> operands) {
        CelExpr first = operands.getFirst();
        return first.getKind() == CelExpr.ExprKind.Kind.IDENT
                && first.ident().name().equals(ACCUMULATOR);
    }

    /** A regular expression is the policy's own, never one that the statement brings: what it costs is known before. */
    private static long programSize(ImmutableList<CelExpr> arguments, List<String> problems) {
        CelExpr last = arguments.isEmpty() ? CelExpr.ofNotSet(0) : arguments.getLast();
        if (last.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || last.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            problems.add("the regular expression that matches() takes must stand there as text");
            return 1;
        }
        String regex = last.constant().stringValue();
        Optional<String> tooLarge = RegexSize.problem(regex);
        if (tooLarge.isPresent()) {
            problems.add(tooLarge.get());
            return 1;
        }
        try {
            return Math.max(1, Pattern.compile(regex).programSize());
        } catch (PatternSyntaxException e) {
            problems.add("the regular expression \"%s\" can't be read: %s".formatted(regex, e.getDescription()));
            return 1;
        }
    }

    /** Why it can't be evaluated within bounds; empty where it can. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** The call that the operand {@code id} is of; null where it is of none that costs anything. */
    @Nullable
    Call ofOperand(long id) {
        return byOperand.get(id);
    }
}
