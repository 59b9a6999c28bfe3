package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class ObjectStatusWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T10:00:00.123Z"));

    private static final Standing IN_FORCE = Standing.of(PolicyKind.CLUSTER_IMAGE_POLICY, null);

    @Test
    void aNewPolicyGetsAStatusOverTheVersionThatWasRead() throws Exception {
        JsonNode object =
                JSON.readTree("{'metadata':{'name':'p','resourceVersion':'7','generation':2}}".replace('\'', '"'));

        assertThat(ObjectStatusWriter.patch(object, IN_FORCE, CLOCK).orElseThrow())
                .hasToString(
                        "{'metadata':{'resourceVersion':'7'},'status':{'observedGeneration':2,'conditions':[{'type':'Ready','status':'True','reason':'Ready','message':'The policy is in force.','observedGeneration':2,'lastTransitionTime':'2026-11-21T10:00:00Z'}]}}"
                                .replace('\'', '"'));
    }

    @Test
    void aStatusThatIsRightIsLeftAlone() throws Exception {
        ObjectNode object = withStatus("True", "Ready", "The policy is in force.", 2);

        assertThat(ObjectStatusWriter.patch(object, IN_FORCE, CLOCK)).isEmpty();
    }

    @Test
    void theTransitionsTimeStaysWhereOnlyTheMessageOrGenerationChanges() throws Exception {
        ObjectNode object = withStatus("False", "Broken", "one problem", 1);

        assertThat(ObjectStatusWriter.patch(object, new Standing(false, "Broken", "another"), CLOCK)
                        .orElseThrow()
                        .at("/status/conditions/0"))
                .hasToString(
                        "{'type':'Ready','status':'False','reason':'Broken','message':'another','observedGeneration':2,'lastTransitionTime':'2020-01-01T00:00:00Z'}"
                                .replace('\'', '"'));
    }

    @Test
    void aTransitionHasItsTime() throws Exception {
        ObjectNode object = withStatus("False", "Broken", "one problem", 2);

        assertThat(ObjectStatusWriter.patch(object, IN_FORCE, CLOCK)
                        .orElseThrow()
                        .at("/status/conditions/0/lastTransitionTime")
                        .asText())
                .isEqualTo("2026-11-21T10:00:00Z");
    }

    private static ObjectNode withStatus(String status, String reason, String message, int generation)
            throws Exception {
        ObjectNode object = (ObjectNode)
                JSON.readTree("{'metadata':{'name':'p','resourceVersion':'7','generation':2}}".replace('\'', '"'));
        object.putObject("status")
                .put("observedGeneration", generation)
                .putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", status)
                .put("reason", reason)
                .put("message", message)
                .put("observedGeneration", generation)
                .put("lastTransitionTime", "2020-01-01T00:00:00Z");
        return object;
    }
}
