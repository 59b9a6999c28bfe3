package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.Problem;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicySet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever listens hears of each review once, whatever becomes of it, and can do nothing to it. */
class ListenersTest {
    private static final Deadline MINUTE = Deadline.in(Duration.ofMinutes(1));
    private static final String KNOWN = "{\"containers\":[]}";

    private final List<DecisionEvent> heard = new ArrayList<>();

    private Admission admission(DecisionListener... listeners) {
        return admission(Limits.defaults(), listeners);
    }

    private static Admission admission(Limits limits, DecisionListener... listeners) {
        FakeWorld world = new FakeWorld();
        AdmissionRules rules = new AdmissionRules(
                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64);
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> PolicySet.EMPTY,
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        world,
                        world,
                        rules,
                        limits,
                        () -> Instant.EPOCH),
                limits,
                List.of(listeners),
                System::nanoTime);
    }

    private static byte[] review(String spec) {
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1","operation":"CREATE","namespace":"shop",
                 "kind":{"group":"","version":"v1","kind":"Pod"},"object":{"kind":"Pod","metadata":{"name":"p"},"spec":%s}}}
                """.formatted(spec).getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode response(byte[] answer) throws IOException {
        return new JsonMapper().readTree(answer).path("response");
    }

    @Test
    void aListenerThatThrowsChangesNothingAndTheOthersAreToldOnce() throws Exception {
        DecisionListener broken = _ -> {
            throw new IllegalStateException("broken");
        };
        DecisionListener deep = _ -> {
            throw new StackOverflowError();
        };
        Admission admission = admission(broken, heard::add, deep);

        Optional<byte[]> answer = admission.reviewIfKnown(review(KNOWN), Endpoint.MUTATE);
        assertThat(response(answer.orElseThrow()).path("allowed").asBoolean()).isTrue();
        assertThat(response(admission.review(review(KNOWN), Endpoint.VALIDATE, MINUTE))
                        .path("allowed")
                        .asBoolean())
                .isTrue();

        assertThat(heard).extracting(DecisionEvent::endpoint).containsExactly(Endpoint.MUTATE, Endpoint.VALIDATE);
    }

    @Test
    void anErrorThatEndsTheProcessIsNotKept() {
        DecisionListener fatal = _ -> {
            throw new OutOfMemoryError();
        };

        assertThatThrownBy(() -> admission(fatal).review(review(KNOWN), Endpoint.MUTATE, MINUTE))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"containers":{}}                                                 | REVIEW_MALFORMED | Could not read spec.containers of the object: it is not a list. Check what sent it.
                    {"containers":[{"name":"a","image":"x"},{"name":"a","image":"x"}]} | REVIEW_MALFORMED | Could not read spec.containers[1].name of the object: it is not a name of its own, but that of containers[0]. Check what sent it.
                    {"containers":[{"name":"a","image":"x"},{"name":"b","image":"x"},{"name":"c","image":"x"}]} | LIMIT_EXCEEDED | Could not read the object's images: it exceeds the limit 'images-per-object' of 2 images. If it is meant to be that large, raise the setting --limit images-per-object=….
                    []                                                                | REVIEW_MALFORMED | Could not read the AdmissionReview: request.object.spec is not an object. Check what sent it; the API server sends kind AdmissionReview of admission.k8s.io/v1.
                    """)
    @DisplayName("an object that is malformed or too large is denied, and whoever asked and whoever listens hear why")
    void whatIsWrongWithAnObjectIsADecision(String spec, String code, String message) throws Exception {
        Admission admission = admission(Limits.of(Map.of(Limit.IMAGES_PER_OBJECT, 2L)), heard::add);

        assertThat(admission.reviewIfKnown(review(spec), Endpoint.MUTATE)).isEmpty();
        JsonNode response = response(admission.review(review(spec), Endpoint.MUTATE, MINUTE));

        assertThat(response.path("uid").asText()).isEqualTo("u-1");
        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/code").asInt()).isEqualTo(403);
        assertThat(response.at("/status/reason").asText()).isEqualTo(code);
        assertThat(response.at("/status/message").asText()).isEqualTo(message);
        assertThat(heard).singleElement().satisfies(event -> {
            assertThat(event.request().name()).isEqualTo("p");
            assertThat(event.decision().code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\"}"})
    @DisplayName("a review that cannot be read is heard of, too")
    void whatCannotBeReadIsHeardOf(String body) {
        Admission admission = admission(heard::add);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> admission.reviewIfKnown(bytes, Endpoint.MUTATE))
                .isInstanceOf(Failure.class);

        assertThat(heard).singleElement().satisfies(event -> {
            assertThat(event.request().uid()).isEmpty();
            assertThat(event.decision()).isInstanceOf(Decision.Denied.class);
            assertThat(event.decision().code()).startsWith("REVIEW_");
        });
    }

    @Test
    void aReviewThatIsTooLargeIsHeardOf() {
        Admission admission = admission(Limits.of(Map.of(Limit.REVIEW_BYTES, 10L)), heard::add);

        assertThatThrownBy(() -> admission.review(review(KNOWN), Endpoint.MUTATE, MINUTE))
                .isInstanceOf(Failure.class);

        assertThat(heard).extracting(event -> event.decision().code()).containsExactly("REVIEW_TOO_LARGE");
    }

    @Test
    void whatTheServerRefusesIsHeardOf() {
        Failure why = new Failure(Code.OVERLOADED, "Could not take the review: there is no room. Try again.");

        admission(heard::add).refused(why, Endpoint.VALIDATE);

        assertThat(heard).singleElement().satisfies(event -> {
            assertThat(event.endpoint()).isEqualTo(Endpoint.VALIDATE);
            assertThat(event.decision())
                    .isEqualTo(new Decision.Denied(
                            503, List.of(new Problem("", Code.OVERLOADED, why.message())), 0, List.of()));
        });
    }

    @ParameterizedTest
    @Tag("attack-67")
    @DisplayName(
            "Attack 67: half of a surrogate pair anywhere in a review leaves the decision as it is, and it is told")
    @ValueSource(
            strings = {
                "{\"containers\":[{\"name\":\"a\",\"image\":\"r.test/\\ud800\"}]}",
                "{\"containers\":[{\"name\":\"\\udc00\",\"image\":\"r.test/a\"}]}",
                "{\"imagePullSecrets\":[{\"name\":\"\\ud800\"}],\"containers\":[{\"name\":\"a\",\"image\":\"r.test/a/missing\"}]}",
            })
    void halfOfASurrogatePairChangesNoDecision(String spec) throws Exception {
        byte[] answer = admission(heard::add).review(review(spec), Endpoint.MUTATE, MINUTE);

        JsonNode response = response(answer);
        assertThat(response.path("allowed").isBoolean()).isTrue();
        assertThat(new String(answer, StandardCharsets.US_ASCII)).doesNotContain("\ufffd");
        assertThat(heard)
                .singleElement()
                .satisfies(event -> assertThat(event.decision() instanceof Decision.Denied)
                        .isEqualTo(!response.path("allowed").asBoolean()));
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: a uid that is no text is answered as it came")
    void aUidThatIsNoTextIsAnsweredAsItCame() throws Exception {
        byte[] body = new String(review(KNOWN), StandardCharsets.UTF_8)
                .replace("u-1", "u\\ud800")
                .replace(
                        "\"name\":\"p\"",
                        "\"name\":\"p\\ud800\",\"annotations\":{\"catalog.landwaiter.dev/\\u202e\":\"\\ud800\"}")
                .getBytes(StandardCharsets.UTF_8);

        JsonNode response = response(admission(heard::add).review(body, Endpoint.MUTATE, MINUTE));

        assertThat(response.path("uid").asText()).isEqualTo("u\ud800");
        assertThat(response.path("patch").asText()).isNotEmpty();
    }
}
