package dev.landwaiter.admission;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.plan.Effect;
import dev.landwaiter.plan.EffectPlanner;
import java.util.ArrayList;
import java.util.List;

/**
 * What features have written for an object between the decision and its answer, and who writes it.
 *
 * <p>Only {@code /validate} has anything written: it sees the object as it will be stored, while other webhooks may still change or refuse
 * what {@code /mutate} is shown. Nothing is written for a dry run, which must leave no trace, nor for an object that is denied or that opted
 * out. A mirror Pod is never denied, so nothing that could fail is done for it.
 */
public record Effects(List<EffectPlanner> planners, EffectWriter writer) {
    /** No feature has anything written. */
    public static final Effects NONE = new Effects(List.of(), (effect, deadline) -> {
        throw new IllegalStateException("nothing is planned without a planner: " + effect.what());
    });

    public Effects {
        planners = List.copyOf(planners);
    }

    /** What has to be written before {@code request}, on which {@code decision} was made, is answered. */
    List<Effect> of(AdmissionRequest request, Endpoint endpoint, Decision decision) {
        if (planners.isEmpty() || endpoint != Endpoint.VALIDATE || !mayWrite(request, decision)) {
            return List.of();
        }
        List<Effect> effects = new ArrayList<>();
        for (EffectPlanner planner : planners) {
            effects.addAll(planner.effects(
                    request.kind(), request.summary().namespace(), request.object(), request.oldObject()));
        }
        return effects;
    }

    private static boolean mayWrite(AdmissionRequest request, Decision decision) {
        return decision instanceof Decision.Allowed
                && !request.summary().dryRun()
                && !request.mirror()
                && !request.summary().advisory()
                && !request.optedOut();
    }

    /**
     * Writes {@code effects} one after the other. What was written before one fails stays: it is found when the object is sent again.
     *
     * @throws Failure of the first one that could not be written, and says which
     */
    void write(List<Effect> effects, Deadline deadline) {
        for (Effect effect : effects) {
            deadline.check("writing the " + effect.what() + ", which this object needs");
            try {
                writer.write(effect, deadline);
            } catch (Failure e) {
                throw new Failure(
                        e.code(),
                        "Could not write the %s, which this object needs: %s".formatted(effect.what(), e.message()),
                        e);
            }
        }
    }
}
