package dev.landwaiter.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.workload.WorkloadKind;
import java.util.List;

/** A feature that has something written for the objects that it is used in. */
@FunctionalInterface
public interface EffectPlanner {
    /**
     * What has to be written for {@code object} as it will be, in this order. It asks nobody, writes nothing, and plans the same for the same
     * object; when and whether it is written is not its matter.
     *
     * @param old as it is, missing where the object is yet to be made
     */
    List<Effect> effects(WorkloadKind kind, String namespace, JsonNode object, JsonNode old);
}
