package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.workload.FieldPath;
import dev.landwaiter.workload.ImagePlace;
import dev.landwaiter.workload.WorkloadKind;
import dev.landwaiter.workload.WorkloadKinds;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A kind whose image is a field of its own, and whose Pods somebody else makes, is decided on by its row alone. */
class WorkloadRowTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final WorkloadKind DISTRIBUTION = new WorkloadKind(
            new WorkloadKind.Api(
                    "llamastack.io",
                    List.of("v1alpha1"),
                    "LlamaStackDistribution",
                    "llamastackdistributions",
                    Set.of()),
            FieldPath.of("spec.server"),
            List.of(ImagePlace.of("distribution.image")),
            null,
            new WorkloadKind.Pull(null, FieldPath.of("podOverrides.serviceAccountName"), "{name}-sa"),
            new WorkloadKind.Handling(false, false, false, false));

    private final List<String> keychains = new ArrayList<>();
    private final Admission admission = admission();

    private Admission admission() {
        FakeWorld world = new FakeWorld();
        PolicySet policies = new PolicySet(List.of(FakeWorld.SIGNED));
        AdmissionPipeline pipeline = new AdmissionPipeline(
                () -> policies,
                (_, _) -> Optional.of(Map.of()),
                (namespace, secrets, account) -> {
                    keychains.add(namespace + " " + secrets + " " + account);
                    return Keychain.ANONYMOUS;
                },
                world,
                world,
                new AdmissionRules(
                        AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64),
                Limits.defaults(),
                () -> Instant.EPOCH);
        return new AdmissionService(
                pipeline,
                new WorkloadKinds(List.of(WorkloadKinds.POD, DISTRIBUTION)),
                Limits.defaults(),
                List.of(),
                System::nanoTime);
    }

    private static ObjectNode review(String server) throws IOException {
        ObjectNode review = (ObjectNode) MAPPER.readTree("""
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","namespace":"shop",
                 "kind":{"group":"llamastack.io","version":"v1alpha1","kind":"LlamaStackDistribution"},
                 "object":{"apiVersion":"llamastack.io/v1alpha1","kind":"LlamaStackDistribution","metadata":{"name":"llama"}}}}
                """);
        review.withObject("/request/object/spec").set("server", MAPPER.readTree(server));
        return review;
    }

    private JsonNode answer(JsonNode review, Endpoint endpoint) throws IOException {
        byte[] answer =
                admission.review(MAPPER.writeValueAsBytes(review), endpoint, Deadline.in(Duration.ofMinutes(1)));
        return MAPPER.readTree(answer).path("response");
    }

    @Test
    void itIsRefusedByItsField() throws IOException {
        JsonNode response =
                answer(review("{\"distribution\": {\"image\": \"r.test/llama/unsigned:1\"}}"), Endpoint.VALIDATE);

        assertThat(response.at("/status/details/causes/0/field").asText()).isEqualTo("spec.server.distribution.image");
        assertThat(response.at("/status/reason").asText()).isEqualTo("SIGNATURE_MISSING");
    }

    @Test
    void itStaysAsItIsWrittenAndNeedsNoDigest() throws IOException {
        JsonNode review = review("{\"distribution\": {\"image\": \"r.test/llama/signed:1\"}}");

        assertThat(answer(review, Endpoint.MUTATE).has("patch")).isFalse();
        JsonNode validated = answer(review, Endpoint.VALIDATE);
        assertThat(validated.path("allowed").asBoolean()).isTrue();
        assertThat(validated.at("/auditAnnotations/images").asText())
                .startsWith(
                        "{\"distribution.image\":{\"image\":\"r.test/llama/signed\",\"tag\":\"1\",\"digest\":\"sha256:");
    }

    @Test
    void itsImageIsPulledWithTheCredentialsOfItsServiceAccount() throws IOException {
        JsonNode _ = answer(review("{\"distribution\": {\"image\": \"r.test/llama/signed:1\"}}"), Endpoint.VALIDATE);
        JsonNode _ = answer(
                review("{\"distribution\": {\"name\": \"rh\"}, \"podOverrides\": {\"serviceAccountName\": \"own\"}}"),
                Endpoint.VALIDATE);

        assertThat(keychains).containsExactly("shop [] llama-sa", "shop [] own");
    }

    @Test
    void anUpdateThatLeavesTheImageIsNotCheckedAgain() throws IOException {
        ObjectNode review = review("{\"distribution\": {\"image\": \"r.test/llama/unsigned:1\"}}");
        ObjectNode request = review.withObject("/request");
        request.put("operation", "UPDATE")
                .set("oldObject", request.get("object").deepCopy());
        assertThat(answer(review, Endpoint.VALIDATE).path("allowed").asBoolean())
                .isTrue();

        review.withObject("/request/oldObject/spec/server/distribution").put("image", "r.test/llama/signed:1");
        assertThat(answer(review, Endpoint.VALIDATE).path("allowed").asBoolean())
                .isFalse();
    }

    @Test
    void aFieldOfAnotherShapeIsMalformed() throws IOException {
        JsonNode response = answer(review("{\"distribution\": {\"image\": 1}}"), Endpoint.VALIDATE);
        assertThat(response.at("/status/message").asText())
                .isEqualTo(
                        "Could not read spec.server.distribution.image of the object: it is not a text. Check what sent it.");

        response = answer(review("{\"distribution\": \"rh\"}"), Endpoint.VALIDATE);
        assertThat(response.at("/status/message").asText())
                .isEqualTo(
                        "Could not read spec.server.distribution of the object: it is not an object. Check what sent it.");
    }

    @Test
    void aVersionThatHasNoRowIsRefused() throws IOException {
        ObjectNode review = review("{}");
        review.withObject("/request/kind").put("version", "v1alpha2");

        assertThatThrownBy(() -> answer(review, Endpoint.VALIDATE))
                .hasMessage(
                        "Could not decide on kind \"llamastack.io/v1alpha2 LlamaStackDistribution\": only v1 Pods, llamastack.io/v1alpha1 LlamaStackDistributions are supported. Register the webhook for pods and pods/ephemeralcontainers, llamastackdistributions alone.");
    }
}
