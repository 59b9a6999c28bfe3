package dev.landwaiter.admission;

import dev.landwaiter.limit.Deadline;
import dev.landwaiter.plan.Effect;

/** Writes what has to be there before an object is admitted. */
@FunctionalInterface
public interface EffectWriter {
    /**
     * Writes {@code effect}, and comes back once it is written, at the latest by {@code deadline}. What is there already as it should be is
     * written: an API server asks again where an answer was lost.
     *
     * @throws dev.landwaiter.failure.Failure with the code of what kept it from being written; the object is denied with it
     */
    void write(Effect effect, Deadline deadline);
}
