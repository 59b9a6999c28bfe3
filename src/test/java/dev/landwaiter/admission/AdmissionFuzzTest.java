package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.testregistry.Patched;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The whole decision, over reviews of which any part may be anything. */
class AdmissionFuzzTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private static final String HALF_A_PAIR =
            "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"kind\":{\"version\":\"v1\",\"kind\":\"Pod\"},\"object\":{\"metadata\":{},\"spec\":{\"containers\":[{\"image\":\"r.test/\\ud800\"}]}}}}";

    private final Admission admission = admission();

    private static Admission admission() {
        FakeWorld world = new FakeWorld();
        PolicySet policies = new PolicySet(List.of(FakeWorld.SIGNED));
        AdmissionRules rules = new AdmissionRules(
                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64);
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> policies,
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        world,
                        world,
                        rules,
                        Limits.defaults(),
                        () -> Instant.EPOCH),
                Limits.defaults(),
                List.of(),
                System::nanoTime);
    }

    @Seeds(resources = "admission/*/review.json", value = HALF_A_PAIR)
    @FuzzTest
    void aReviewIsAnsweredOrRefusedAndAPatchIsWhole(byte[] data) {
        // the one image of the fake world that stands for a bug of ours
        if (!Parsed.text(data).contains("bug")) {
            answered(data, Endpoint.MUTATE).ifPresent(answer -> {
                byte[] patched = patched(data, answer);
                JsonNode again = answered(patched, Endpoint.MUTATE).orElseThrow();
                assertThat(again.path("response").has("patch"))
                        .as("a patch on a patched object")
                        .isFalse();
                if (answer.path("response").path("allowed").asBoolean()) {
                    assertThat(answered(patched, Endpoint.VALIDATE)
                                    .orElseThrow()
                                    .toString())
                            .as("the records of our own patch")
                            .doesNotContain("RECORD_FORGED");
                }
            });
        }
    }

    @Seeds(resources = "admission/*/review.json")
    @FuzzTest
    void aReviewIsValidatedOrRefused(byte[] data) {
        if (!Parsed.text(data).contains("bug")) {
            Optional<JsonNode> answer = answered(data, Endpoint.VALIDATE);

            assertThat(answer.filter(valid -> valid.path("response").has("patch")))
                    .isEmpty();
        }
    }

    private Optional<JsonNode> answered(byte[] review, Endpoint endpoint) {
        Optional<JsonNode> answer = Parsed.by(
                        () -> admission.review(review, endpoint, Deadline.in(Duration.ofMinutes(1))))
                .map(AdmissionFuzzTest::read);
        answer.map(whole -> whole.path("response")).ifPresent(response -> {
            assertThat(response.path("uid").asText()).isNotEmpty();
            assertThat(response.path("allowed").isBoolean()).isTrue();
            assertThat(response.path("status").path("reason").asText()).isNotEqualTo("INTERNAL_ERROR");
            assertThat(response.has("patch")).isEqualTo(response.has("patchType"));
        });
        return answer;
    }

    private static byte[] patched(byte[] review, JsonNode answer) {
        try {
            ObjectNode whole = (ObjectNode) read(review);
            String patch = answer.path("response").path("patch").asText("");
            if (!patch.isEmpty()) {
                JsonNode object = whole.path("request").path("object");
                whole.withObject("/request").set("object", Patched.by(patch, object));
            }
            return MAPPER.writeValueAsBytes(whole);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode read(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(new String(json, StandardCharsets.UTF_8), e);
        }
    }
}
