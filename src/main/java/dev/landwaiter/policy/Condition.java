package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A CEL expression over an in-toto statement, compiled; evaluating it has a bounded cost, that {@link ConditionMeter} counts, so that the
 * same statement always has the same answer, on whatever machine. Immutable, for use by many threads.
 *
 * <p>It sees {@code statement} as a whole and its fields {@code _type}, {@code predicateType}, {@code subject} and {@code predicate}. The
 * functions are CEL's own and those of its strings extension that cannot make much of little ({@code replace}, {@code join} can). There is
 * no clock among them: what an attestation says does not change with time.
 *
 * @see <a href="https://github.com/google/cel-spec/blob/master/doc/langdef.md">CEL's language definition</a>
 * @see <a href="https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md">in-toto's statement</a>
 */
public final class Condition {
    static final int MAX_CHARACTERS = 8_192;

    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 2_000;
    /** Of an expression in a message. */
    private static final int SHOWN = 200;

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(MAX_CHARACTERS)
            .maxParseRecursionDepth(MAX_DEPTH)
            .maxParseExpressionNodeCount(MAX_NODES)
            .maxParseErrorRecoveryLimit(1)
            .maxRegexProgramSize(RegexSize.MAX_PROGRAM)
            // a score of 7 and one of 7.0 are the same: JSON does not tell them apart
            .enableHeterogeneousNumericComparisons(true)
            .build();
    private static final CelStringExtensions STRINGS = CelExtensions.strings(
            CelStringExtensions.Function.CHAR_AT,
            CelStringExtensions.Function.INDEX_OF,
            CelStringExtensions.Function.LAST_INDEX_OF,
            CelStringExtensions.Function.LOWER_ASCII,
            CelStringExtensions.Function.SPLIT,
            CelStringExtensions.Function.SUBSTRING,
            CelStringExtensions.Function.TRIM,
            CelStringExtensions.Function.UPPER_ASCII);
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(STRINGS)
            .addVar("statement", SimpleType.DYN)
            .addVar("_type", SimpleType.DYN)
            .addVar("predicateType", SimpleType.DYN)
            .addVar("subject", SimpleType.DYN)
            .addVar("predicate", SimpleType.DYN)
            .build();
    // the one that traces every operand before the call that takes it, on which the meter rests
    private static final CelRuntime RUNTIME = CelRuntimeFactory.legacyCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(STRINGS)
            .build();

    private final String text;
    private final CelRuntime.Program program;
    private final ConditionCosts costs;

    private Condition(String text, CelRuntime.Program program, ConditionCosts costs) {
        this.text = text;
        this.program = program;
        this.costs = costs;
    }

    /**
     * Compiles {@code cel}.
     *
     * @param what it is, for messages: {@code spec.authorities[0].attestations[0].policy.data}
     * @throws Failure {@code POLICY_BROKEN} where it is no expression over a statement that says yes or no
     */
    public static Condition compile(String cel, String what) {
        try {
            CelValidationResult result = COMPILER.compile(cel);
            if (result.hasError()) {
                throw broken(
                        what,
                        result.getErrors().stream()
                                .findFirst()
                                .map(Condition::words)
                                .orElse("it is not an expression"));
            }
            CelAbstractSyntaxTree tree = result.getAst();
            CelType type = tree.getResultType();
            if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
                throw broken(what, "it gives a value of type %s instead of true or false".formatted(type.name()));
            }
            ConditionCosts costs = ConditionCosts.of(tree);
            Optional<String> problem = costs.problem();
            if (problem.isPresent()) {
                throw broken(what, problem.get());
            }
            return new Condition(cel, RUNTIME.createProgram(tree), costs);
        } catch (Failure e) {
            throw e;
        } catch (CelValidationException | CelEvaluationException | RuntimeException | StackOverflowError e) {
            throw broken(what, firstLine(e));
        }
    }

    /** As written. */
    public String text() {
        return text;
    }

    /**
     * Whether it holds of {@code statement}, whose fields {@code _type}, {@code predicateType}, {@code subject} and {@code predicate} it sees.
     *
     * @throws Failure {@code ATTESTATION_REJECTED} where it can't be told: an error of the expression on this statement, or its cost
     */
    public boolean holds(JsonNode statement) {
        ConditionMeter meter = new ConditionMeter(costs);
        Object result;
        try {
            Map<String, Object> variables = new HashMap<>();
            for (Map.Entry<String, JsonNode> field : statement.properties()) {
                variables.put(field.getKey(), meter.value(field.getValue()));
            }
            variables.put("statement", meter.whole(variables));
            result = program.trace(variables, meter);
        } catch (CelEvaluationException | RuntimeException | StackOverflowError e) {
            // also where the meter ended it: no error of the expression may hide that
            throw untold(meter.exhausted() ? ConditionMeter.EXHAUSTED : firstLine(e));
        }
        if (meter.exhausted()) {
            throw untold(ConditionMeter.EXHAUSTED);
        }
        if (result instanceof Boolean holds) {
            return holds;
        }
        throw untold("it gives neither true nor false");
    }

    private static String words(CelIssue issue) {
        CelSourceLocation at = issue.getSourceLocation();
        return "%s at line %d, column %d".formatted(oneLine(issue.getMessage()), at.getLine(), at.getColumn() + 1);
    }

    private static Failure broken(String what, String why) {
        return new Failure(
                Code.POLICY_BROKEN,
                "Could not compile %s: %s. Give a CEL expression over predicate, predicateType, subject or statement that is true or false."
                        .formatted(what, why));
    }

    private Failure untold(String why) {
        return new Failure(
                Code.ATTESTATION_REJECTED,
                "Could not tell whether \"%s\" holds: %s. Guard what may be absent by has(…), or fix the attestation."
                        .formatted(Shown.of(text, SHOWN), why));
    }

    private static String firstLine(Throwable thrown) {
        String words = oneLine(String.valueOf(thrown.getMessage()));
        return thrown instanceof StackOverflowError
                ? "it is nested too deeply"
                : words.replace("evaluation error at <input>:", "at character ");
    }

    private static String oneLine(String text) {
        String bounded = Shown.of(text.lines().findFirst().orElse(""), SHOWN);
        return bounded.endsWith(".") ? bounded.substring(0, bounded.length() - 1) : bounded;
    }
}
