package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.testregistry.Patched;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Whole reviews against whole answers: each folder under {@code admission/} has policies and a review, and what {@code /mutate} and then
 * {@code /validate} answer, the patch shown as JSON. {@code -Dgolden.update=true} writes the answers anew.
 */
class AdmissionGoldenTest {
    /** When every case happens: exceptions end. */
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private static final Path CASES = Path.of("test", "resources", "admission");
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @TestFactory
    List<DynamicTest> answersAreAsRecorded() throws IOException {
        return each(AdmissionGoldenTest::check);
    }

    /** What is done with the folder of one case. */
    interface Check {
        void of(Path folder) throws IOException;
    }

    /** A test of each case. */
    static List<DynamicTest> each(Check check) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> cases = Files.list(CASES)) {
            cases.sorted()
                    .forEach(folder -> tests.add(
                            DynamicTest.dynamicTest(String.valueOf(folder.getFileName()), () -> check.of(folder))));
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    private static void check(Path folder) throws IOException {
        JsonNode review = MAPPER.readTree(folder.resolve("review.json").toFile());
        AdmissionRules rules = rules(review);
        Admission admission = admission(folder, rules);

        JsonNode mutated = answer(admission, review, Endpoint.MUTATE);
        golden(folder.resolve("mutate.json"), shown(mutated));

        JsonNode changed = patched(review, mutated);
        JsonNode again = answer(admission, changed, Endpoint.MUTATE).path("response");
        assertThat(again.has("patch")).as("reinvocation changes nothing more").isFalse();
        assertThat(again.has("patchType")).as("patchType only with a patch").isFalse();
        assertThat(answer(admission, review, Endpoint.MUTATE))
                .as("the same bytes again")
                .isEqualTo(mutated);

        golden(folder.resolve("validate.json"), shown(answer(admission, changed, Endpoint.VALIDATE)));
    }

    static AdmissionRules rules(JsonNode review) {
        JsonNode rules = review.path("test");
        return new AdmissionRules(
                AdmissionRules.NoMatch.valueOf(
                        rules.path("noMatch").asText("admit").toUpperCase(Locale.ROOT)),
                AdmissionRules.OnUnresolved.valueOf(
                        rules.path("onUnresolved").asText("admit").toUpperCase(Locale.ROOT)),
                Platform.LINUX_AMD64);
    }

    private static Admission admission(Path folder, AdmissionRules rules) {
        FakeWorld world = new FakeWorld();
        PolicyReader reader = new PolicyReader();
        PolicyFolder policies = PolicyFolder.open(folder.resolve("policy.yaml"), reader, Limits.defaults());
        AdmissionPipeline pipeline = new AdmissionPipeline(
                policies,
                policies,
                (_, _, _) -> Keychain.ANONYMOUS,
                world,
                world,
                rules,
                Limits.defaults(),
                InstantSource.fixed(NOW));
        return new AdmissionService(pipeline, Limits.defaults(), List.of(), System::nanoTime);
    }

    private static JsonNode answer(Admission admission, JsonNode review, Endpoint endpoint) throws IOException {
        byte[] answer =
                admission.review(MAPPER.writeValueAsBytes(review), endpoint, Deadline.in(Duration.ofMinutes(1)));
        return MAPPER.readTree(answer);
    }

    /** The answer with its patch as JSON, for people. */
    private static JsonNode shown(JsonNode answer) throws IOException {
        ObjectNode response = answer.deepCopy().withObject("response");
        if (response.has("patch")) {
            response.set(
                    "patch",
                    MAPPER.readTree(
                            Base64.getDecoder().decode(response.get("patch").asText())));
        }
        return response;
    }

    private static JsonNode patched(JsonNode review, JsonNode answer) throws IOException {
        ObjectNode changed = review.deepCopy();
        if (answer.path("response").has("patch")) {
            String patch = answer.path("response").path("patch").asText();
            changed.withObject("request")
                    .set("object", Patched.by(patch, review.path("request").path("object")));
        }
        return changed;
    }

    private static void golden(Path file, JsonNode actual) throws IOException {
        String text = MAPPER.writeValueAsString(actual) + "\n";
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text, StandardCharsets.UTF_8);
        }
        assertThat(text).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
    }
}
