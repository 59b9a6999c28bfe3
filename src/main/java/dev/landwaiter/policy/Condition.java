package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;

/** A CEL expression over an in-toto statement, compiled; evaluating it has a bounded cost. Immutable. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod", "UnusedVariable"}) // until it is built
public final class Condition {
    private final String text;

    private Condition(String text) {
        this.text = text;
    }

    /**
     * Compiles {@code cel}.
     *
     * @param what it is, for messages: {@code spec.authorities[0].attestations[0].policy.data}
     * @throws Failure {@code POLICY_BROKEN} where it is no expression over a statement that says yes or no
     */
    public static Condition compile(String cel, String what) {
        throw new Failure(Code.INTERNAL_ERROR, "not built yet: " + what + cel);
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
        throw new Failure(Code.INTERNAL_ERROR, "not built yet" + statement);
    }
}
