package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.plan.EffectPlanner;
import dev.landwaiter.policy.PolicySet;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever applies a controller is told what its Pods will meet, and the controller itself is always accepted. */
class TemplateWarningsTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final List<String> keychains = new ArrayList<>();
    private final List<String> planned = new ArrayList<>();
    private final List<DecisionEvent> told = new ArrayList<>();

    private Admission admission(Limits limits) {
        FakeWorld world = new FakeWorld();
        PolicySet policies = new PolicySet(List.of(FakeWorld.SIGNED));
        EffectPlanner planner = (kind, _, _, _) -> {
            planned.add(kind.api().kind());
            return List.of();
        };
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
                limits,
                () -> Instant.EPOCH,
                new Effects(List.of(planner), (_, _) -> {}));
        return new AdmissionService(pipeline, limits, List.of(told::add), System::nanoTime);
    }

    private static ObjectNode review(String group, String kind, String template, String... images) {
        ObjectNode review =
                MAPPER.createObjectNode().put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        ObjectNode request = review.putObject("request")
                .put("uid", "u")
                .put("operation", "CREATE")
                .put("namespace", "shop");
        request.putObject("kind").put("group", group).put("version", "v1").put("kind", kind);
        ObjectNode object = request.putObject("object").put("kind", kind);
        object.putObject("metadata").put("name", "web");
        ObjectNode spec = object.withObject(template + "/spec");
        spec.put("serviceAccountName", "builder");
        for (int i = 0; i < images.length; i++) {
            spec.withArray("containers").addObject().put("name", "c" + i).put("image", images[i]);
        }
        return review;
    }

    private static ObjectNode deployment(String... images) {
        return review("apps", "Deployment", "/spec/template", images);
    }

    private JsonNode validated(JsonNode review) throws IOException {
        return validated(review, Limits.defaults());
    }

    private JsonNode validated(JsonNode review, Limits limits) throws IOException {
        byte[] answer = admission(limits)
                .review(MAPPER.writeValueAsBytes(review), Endpoint.VALIDATE, Deadline.in(Duration.ofMinutes(1)));
        return MAPPER.readTree(answer).path("response");
    }

    @ParameterizedTest
    @CsvSource({
        "apps, Deployment, /spec/template, spec.template.spec.containers[0].image",
        "apps, StatefulSet, /spec/template, spec.template.spec.containers[0].image",
        "apps, DaemonSet, /spec/template, spec.template.spec.containers[0].image",
        "batch, Job, /spec/template, spec.template.spec.containers[0].image",
        "batch, CronJob, /spec/jobTemplate/spec/template, spec.jobTemplate.spec.template.spec.containers[0].image"
    })
    void whatItsPodsWillMeetIsAWarningThatNamesTheField(String group, String kind, String template, String field)
            throws IOException {
        JsonNode response = validated(review(group, kind, template, "r.test/acme/unsigned:1"));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("warnings")).hasSize(1);
        assertThat(response.at("/warnings/0").asText())
                .startsWith(field + ": SIGNATURE_MISSING: ")
                .endsWith("(this object is accepted, but its Pods would be refused)");
        assertThat(keychains).containsExactly("shop [] builder");
    }

    @Test
    void oneWhosePodsWillBeAdmittedBringsNoWarningAndNeedsNoDigest() throws IOException {
        JsonNode response = validated(deployment("r.test/acme/signed:1"));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.has("warnings")).isFalse();
        assertThat(planned).as("nothing is written for it").isEmpty();
    }

    @Test
    void aChangeThatLeavesItsImagesBringsNone() throws IOException {
        ObjectNode review = deployment("r.test/acme/unsigned:1");
        ObjectNode request = review.withObject("/request").put("operation", "UPDATE");
        request.set("oldObject", request.path("object").deepCopy());
        request.withObject("/object/spec").put("replicas", 3);

        assertThat(validated(review).has("warnings")).isFalse();
    }

    @Test
    @DisplayName("What would deny a Pod of too many images is a warning, too, and so is what we could not do")
    void whatCannotBeLookedAtIsAWarning() throws IOException {
        String[] many = new String[Limits.defaults().count(Limit.IMAGES_PER_OBJECT) + 1];
        Arrays.fill(many, "r.test/acme/signed:1");

        JsonNode response = validated(deployment(many));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.at("/warnings/0").asText())
                .startsWith("LIMIT_EXCEEDED: ")
                .endsWith("(this object is accepted, but its Pods would be refused)");
        assertThat(told)
                .singleElement()
                .satisfies(event -> assertThat(event.decision().name()).isEqualTo("allowed"));
    }

    @Test
    void aRecordThatSomebodyWroteOnItDeniesNothing() throws IOException {
        ObjectNode review = deployment("r.test/acme/signed:1");
        review.withObject("/request/object/metadata/annotations").put("catalog.landwaiter.dev/images", "{}");

        assertThat(validated(review).path("allowed").asBoolean()).isTrue();
    }
}
