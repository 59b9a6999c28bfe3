package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.testregistry.Patched;
import dev.landwaiter.workload.Annotations;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much one answer says, whatever the object and the policies for it are: of attack 58, 84 MB to one Pod. */
class AnswerLimitsTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Deadline MINUTE = Deadline.in(Duration.ofMinutes(1));
    private static final String MESSAGE = "Ask the platform team. ".repeat(45);

    private final FakeWorld world = new FakeWorld();

    private Admission admission(Limits limits, List<ImagePolicy> policies) {
        PolicySet set = new PolicySet(policies);
        AdmissionRules rules = new AdmissionRules(
                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64);
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> set,
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        world,
                        world,
                        rules,
                        limits,
                        () -> Instant.EPOCH),
                limits,
                List.of(),
                System::nanoTime);
    }

    private Admission admission(ImagePolicy... policies) {
        return admission(Limits.defaults(), List.of(policies));
    }

    private static ImagePolicy policy(String name, String namespace, String glob, Mode mode, Authority authority) {
        return new ImagePolicy(
                name,
                namespace,
                List.of(new ImageGlob(glob)),
                LabelSelector.ALL,
                mode,
                OnUnavailable.DENY,
                List.of(authority),
                1,
                null,
                name);
    }

    private static ImagePolicy signed(String glob, Mode mode) {
        return policy("signed", "", glob, mode, new Authority.Key("release", List.of(), Terms.PLAIN));
    }

    private static List<ImagePolicy> refusing(int count, Mode mode) {
        return IntStream.range(0, count)
                .mapToObj(i -> policy("p" + i, "shop", "r.test/**", mode, new Authority.StaticFail("no", MESSAGE)))
                .toList();
    }

    private static byte[] review(List<String> images) {
        ArrayNode containers = MAPPER.createArrayNode();
        for (int i = 0; i < images.size(); i++) {
            containers.addObject().put("name", "c" + i).put("image", images.get(i));
        }
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","namespace":"shop",
                 "kind":{"group":"","version":"v1","kind":"Pod"},"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},"spec":{"containers":%s}}}}
                """.formatted(containers).getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> images(int count, String last) {
        return IntStream.range(0, count)
                .mapToObj(i -> "r.test/a%d/%s:1".formatted(i, last))
                .toList();
    }

    private static JsonNode response(byte[] answer) throws IOException {
        return MAPPER.readTree(answer).path("response");
    }

    @Test
    @Tag("attack-58")
    @DisplayName(
            "Attack 58: an answer is bounded whatever the images, policies and messages are, and says how much it leaves out")
    void anAnswerIsBounded() throws Exception {
        Admission admission = admission(Limits.defaults(), refusing(300, Mode.ENFORCE));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        byte[] answer = admission.review(review(images(250, "static")), Endpoint.MUTATE, MINUTE);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(128 << 20);
        assertThat(answer.length).isLessThan(256 << 10);
        JsonNode response = response(answer);
        assertThat(response.at("/status/details/causes")).hasSize(32);
        assertThat(response.at("/status/message").asText().lines())
                .hasSize(33)
                .last()
                .isEqualTo("There are 74968 more problems.");
        assertThat(response.at("/status/details/causes/31/field").asText())
                .as("one of each image, and not all of one")
                .isEqualTo("spec.containers[31].image");
        response.path("auditAnnotations")
                .forEach(value -> assertThat(value.asText().length()).isLessThanOrEqualTo(10 << 10));
        JsonNode audited =
                MAPPER.readTree(response.at("/auditAnnotations/images").asText());
        assertThat(audited.size() - 1 + audited.path("more").asInt()).isEqualTo(250);
    }

    @Test
    @Tag("attack-58")
    @DisplayName("Attack 58: a refusal is not crowded out by what could not be checked")
    void aRefusalIsNotCrowdedOut() throws Exception {
        List<String> images = Stream.concat(images(100, "down").stream(), Stream.of("r.test/z/unsigned:1"))
                .toList();

        JsonNode response = response(
                admission(signed("r.test/**", Mode.ENFORCE)).review(review(images), Endpoint.VALIDATE, MINUTE));

        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
        assertThat(response.at("/status/reason").asText()).isEqualTo("SIGNATURE_MISSING");
        assertThat(response.at("/status/details/causes")).hasSize(32);
        assertThat(response.at("/status/details/causes/0/field").asText()).isEqualTo("spec.containers[100].image");
        assertThat(response.at("/status/message").asText()).endsWith("\nThere are 69 more problems.");
    }

    @Test
    @Tag("attack-58")
    @DisplayName("Attack 58: warnings are bounded, and the last one says how many there are besides")
    void warningsAreBounded() throws Exception {
        JsonNode response = response(admission(signed("r.test/**", Mode.WARN))
                .review(review(images(100, "unsigned")), Endpoint.VALIDATE, MINUTE));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("warnings")).hasSize(16);
        assertThat(response.path("warnings").path(15).asText()).isEqualTo("There are 85 more warnings.");
    }

    @Test
    @Tag("attack-58")
    @DisplayName("Attack 58: a message of a policy is cut, and says so")
    void aMessageIsCut() throws Exception {
        ImagePolicy chatty =
                policy("p", "shop", "r.test/**", Mode.ENFORCE, new Authority.StaticFail("no", "m".repeat(1 << 20)));

        JsonNode response = response(admission(chatty).review(review(images(1, "static")), Endpoint.MUTATE, MINUTE));

        assertThat(response.at("/status/message").asText()).endsWith("m".repeat(2048) + "… (1046528 more characters)");
    }

    @Test
    @DisplayName("what somebody is to paste is never cut")
    void thePinnedReferenceIsWhole() throws Exception {
        Limits few = Limits.of(Map.of(Limit.MESSAGE_CHARACTERS, 10L));
        String image = "r.test/" + "a".repeat(230) + "/signed:" + "t".repeat(128);

        JsonNode response = response(admission(few, List.of(signed("r.test/**", Mode.ENFORCE)))
                .review(review(List.of(image)), Endpoint.VALIDATE, MINUTE));

        assertThat(response.at("/status/message").asText())
                .endsWith("Write %s@%s instead.".formatted(image, FakeWorld.digestOf(ImageReference.parse(image))));
    }

    @Test
    @DisplayName("mode audit says why in the audit log: code and message")
    void auditSaysWhy() throws Exception {
        JsonNode response = response(admission(signed("r.test/**", Mode.AUDIT))
                .review(review(images(1, "unsigned")), Endpoint.VALIDATE, MINUTE));

        assertThat(response.has("warnings")).isFalse();
        assertThat(MAPPER.readTree(response.at("/auditAnnotations/wouldDeny").asText()))
                .isEqualTo(MAPPER.readTree(
                        """
                                [{"path":"spec.containers[0].image","policy":"signed","mode":"audit","code":"SIGNATURE_MISSING",
                                  "message":"no signature was found for %s. Sign it."}]
                                """.formatted(FakeWorld.digestOf(ImageReference.parse("r.test/a0/unsigned:1")))));
    }

    @Test
    @Tag("attack-58")
    @DisplayName("Attack 58: what the audit log is told of mode audit is bounded too")
    void auditIsBounded() throws Exception {
        JsonNode response = response(admission(Limits.defaults(), refusing(300, Mode.AUDIT))
                .review(review(images(250, "static")), Endpoint.VALIDATE, MINUTE));

        String text = response.at("/auditAnnotations/wouldDeny").asText();
        assertThat(text.length()).isBetween(8 << 10, 10 << 10);
        JsonNode told = MAPPER.readTree(text);
        assertThat(told.size() - 1 + told.path(told.size() - 1).path("more").asInt())
                .isEqualTo(75_000);
    }

    @Test
    @Tag("attack-58")
    @DisplayName(
            "Attack 58: the record of a Pod is bounded, says what it leaves out, and is not taken for a forged one")
    void theRecordIsBounded() throws Exception {
        List<ImagePolicy> passing = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            passing.add(policy("p" + i, "shop", "r.test/**", Mode.ENFORCE, new Authority.StaticPass("yes")));
        }
        Admission admission = admission(Limits.defaults(), passing);
        byte[] review = review(images(250, "static"));

        JsonNode mutated = response(admission.review(review, Endpoint.MUTATE, MINUTE));

        ObjectNode whole = (ObjectNode) MAPPER.readTree(review);
        JsonNode object = Patched.by(mutated.path("patch").asText(), whole.at("/request/object"));
        String record = object.path("metadata")
                .path("annotations")
                .path(Annotations.IMAGES)
                .asText();
        assertThat(record.length()).isBetween(20 << 10, 64 << 10);
        assertThat(MAPPER.readTree(record).at("/containers~1c7").toString())
                .startsWith("{\"image\":\"r.test/a7/static\",\"tag\":\"1\",\"digest\":\"sha256:")
                .endsWith("\"outcome\":\"static\",\"cut\":true}");
        whole.withObject("/request").set("object", object);
        assertThat(response(admission.review(MAPPER.writeValueAsBytes(whole), Endpoint.VALIDATE, MINUTE))
                        .path("allowed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    @Tag("attack-58")
    @DisplayName("Attack 58: what is long, or takes long, is not answered where others wait for it")
    void aLongAnswerIsWrittenElsewhere() throws Exception {
        ImagePolicy chatty =
                policy("p", "", "r.test/**", Mode.ENFORCE, new Authority.StaticFail("no", "m".repeat(1 << 20)));
        Limits wide = Limits.of(Map.of(Limit.MESSAGE_CHARACTERS, 1L << 20));
        assertThat(admission(wide, List.of(chatty)).reviewIfKnown(review(images(1, "static")), Endpoint.VALIDATE))
                .as("a long message")
                .isEmpty();
        assertThat(admission(chatty).reviewIfKnown(review(images(1, "static")), Endpoint.VALIDATE))
                .as("a short one")
                .isPresent();
        assertThat(admission(chatty).reviewIfKnown(review(images(33, "static")), Endpoint.VALIDATE))
                .as("many images")
                .isEmpty();
    }
}
