package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.ImageChecks;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The golden cases of the webhook once more: of each image that it looked at, what {@code policy test} and {@code verify} ask says the same. A
 * mirror Pod is the exception: its image is judged like others, and what it is part of is admitted all the same.
 */
class ImageTrialGoldenTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Deadline MINUTE = Deadline.in(Duration.ofMinutes(1));
    /** Of the image of a mirror Pod that is warned of. */
    private static final String DENIED = "SIGNATURE_MISSING";

    @TestFactory
    List<DynamicTest> anImageIsJudgedAsInAPod() throws IOException {
        return AdmissionGoldenTest.each(ImageTrialGoldenTest::check);
    }

    private static void check(Path folder) throws IOException {
        JsonNode review = MAPPER.readTree(folder.resolve("review.json").toFile());
        AdmissionRequest request = AdmissionRequest.read(review, WorkloadKinds.WITH_PODS);
        AdmissionRules rules = AdmissionGoldenTest.rules(review);
        PolicyFolder policies = PolicyFolder.open(folder.resolve("policy.yaml"), new PolicyReader(), Limits.defaults());
        ImageTrial trial = trial(policies, rules);
        ImageTrial.Pod pod = new ImageTrial.Pod(request.summary().namespace(), request.podLabels());
        AdmissionPipeline.Decided decided;
        try {
            decided = pipeline(policies, rules).decide(request, Endpoint.MUTATE, MINUTE);
        } catch (Failure bug) {
            String image = request.object().at("/spec/containers/0/image").asText();
            assertThatThrownBy(() -> trial.of(image, pod, MINUTE)).hasMessage(bug.getMessage());
            return;
        }
        List<ImageTrial.Tried> tried = new ArrayList<>();
        for (ImageOutcome outcome : decided.images()) {
            ImageTrial.Tried one = trial.of(outcome.reference(), pod, MINUTE);
            tried.add(one);
            assertThat(one.finding().outcome().text()).as("outcome").isEqualTo(outcome.outcome());
            assertThat(one.finding().policies()).as("policies").isEqualTo(outcome.policies());
            assertThat(one.judged().code()).as("code").isEqualTo(request.mirror() ? DENIED : outcome.code());
            assertThat(one.judged().wouldDeny())
                    .as("policies whose mode alone admits it")
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("path")
                    .isEqualTo(outcome.wouldDeny());
        }
        if (!request.mirror()) {
            assertThat(tried.stream().allMatch(ImageTrial.Tried::admitted))
                    .as("admitted where every image is")
                    .isEqualTo(!(decided.decision() instanceof Decision.Denied));
            assertThat(tried.stream()
                            .mapToInt(one -> one.result().warnings().size())
                            .sum())
                    .as("warnings")
                    .isEqualTo(decided.decision().warnings().size());
        }
    }

    private static AdmissionPipeline pipeline(PolicyFolder policies, AdmissionRules rules) {
        FakeWorld world = new FakeWorld();
        return new AdmissionPipeline(
                policies,
                policies,
                (_, _, _) -> Keychain.ANONYMOUS,
                world,
                world,
                rules,
                Limits.defaults(),
                InstantSource.fixed(AdmissionGoldenTest.NOW));
    }

    /** As the command line has it: with no cache in common with the webhook's. */
    private static ImageTrial trial(PolicyFolder policies, AdmissionRules rules) {
        FakeWorld world = new FakeWorld();
        return new ImageTrial(
                new ImageChecks(world, world, rules.platform(), Limits.defaults()),
                policies,
                policies,
                Keychain.ANONYMOUS,
                rules,
                Limits.defaults(),
                InstantSource.fixed(AdmissionGoldenTest.NOW));
    }
}
