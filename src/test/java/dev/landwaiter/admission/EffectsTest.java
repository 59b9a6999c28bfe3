package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.plan.Effect;
import dev.landwaiter.plan.EffectPlanner;
import dev.landwaiter.policy.PolicySet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When what a decision needs is written, and what becomes of the object where it cannot be. */
@Timeout(30)
class EffectsTest {
    private static final Deadline MINUTE = Deadline.in(Duration.ofMinutes(1));

    /** In the order in which it happens: {@code write one}, {@code told allowed}. */
    private final List<String> events = new ArrayList<>();

    private final List<DecisionEvent> told = new ArrayList<>();
    private EffectWriter writer = (effect, deadline) -> events.add("write " + effect.what());
    private EffectPlanner planner =
            (kind, namespace, object, old) -> List.of(new Note("note \"one\""), new Note("note \"two\""));
    private final AdmissionService admission = admission(Limits.defaults());

    private record Note(String what) implements Effect {}

    private AdmissionService admission(Limits limits) {
        FakeWorld world = new FakeWorld();
        return new AdmissionService(
                new AdmissionPipeline(
                        () -> PolicySet.EMPTY,
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        world,
                        world,
                        new AdmissionRules(
                                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.DENY, Platform.LINUX_AMD64),
                        limits,
                        () -> Instant.EPOCH,
                        new Effects(
                                List.of((kind, namespace, object, old) ->
                                        planner.effects(kind, namespace, object, old)),
                                (effect, deadline) -> writer.write(effect, deadline))),
                limits,
                List.of(event -> {
                    events.add("told " + event.decision().name());
                    told.add(event);
                }),
                System::nanoTime);
    }

    private static byte[] review(String image, String metadata, String more) {
        return """
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","kind":{"group":"","version":"v1","kind":"Pod"},
                 "namespace":"shop","operation":"CREATE",%s"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"%s},
                 "spec":{"nodeName":"n","containers":[{"name":"a","image":"%s"}]}}}}
                """.formatted(more, metadata, image).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] review() {
        return review("r.test/a", "", "");
    }

    private static JsonNode response(byte[] answer) throws IOException {
        return new JsonMapper().readTree(answer).path("response");
    }

    private JsonNode validated(byte[] review) throws IOException {
        return response(admission.review(review, Endpoint.VALIDATE, MINUTE));
    }

    @Test
    void whatIsPlannedIsWrittenInOrderBeforeTheAnswer() throws Exception {
        JsonNode response = validated(review());

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(events).containsExactly("write note \"one\"", "write note \"two\"", "told allowed");
    }

    @Test
    void theSameWhereEverythingIsKnownAlready() throws Exception {
        JsonNode _ = validated(review());
        events.clear();

        assertThat(admission.reviewIfKnown(review(), Endpoint.VALIDATE))
                .as("the event loop may not wait for it")
                .isEmpty();
        assertThat(events).isEmpty();

        JsonNode _ = validated(review());
        assertThat(events).containsExactly("write note \"one\"", "write note \"two\"", "told allowed");
    }

    @Test
    void aDecisionThatNeedsNothingWrittenIsAnsweredAtOnce() throws Exception {
        JsonNode _ = validated(review());
        events.clear();
        planner = (kind, namespace, object, old) -> List.of();

        assertThat(admission.reviewIfKnown(review(), Endpoint.VALIDATE)).isPresent();
        assertThat(events).containsExactly("told allowed");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    mutate               | MUTATE   | r.test/a         |                                                                   |
                    a dry run            | VALIDATE | r.test/a         |                                                                   | "dryRun":true,
                    a denial             | VALIDATE | r.test/a/missing |                                                                   |
                    a Pod that opted out | VALIDATE | r.test/a         | ,"labels":{"landwaiter.dev/admission":"disabled"}                 |
                    a mirror Pod         | VALIDATE | r.test/a         | ,"annotations":{"kubernetes.io/config.mirror":"x"} | "userInfo":{"username":"system:node:n","groups":["system:nodes"]},
                    a deletion           | VALIDATE | r.test/a         |                                                                   | "operation":"DELETE",
                    """)
    void nothingIsWrittenFor(String what, Endpoint endpoint, String image, String metadata, String more) {
        byte[] review = new String(
                        review(image, metadata == null ? "" : metadata, more == null ? "" : more),
                        StandardCharsets.UTF_8)
                .replace(
                        what.equals("a deletion") ? "\"operation\":\"CREATE\"," : "\"none\"",
                        what.equals("a deletion") ? "" : "\"none\"")
                .getBytes(StandardCharsets.UTF_8);

        byte[] _ = admission.review(review, endpoint, MINUTE);

        assertThat(events).singleElement().asString().startsWith("told ");
        assertThat(admission.reviewIfKnown(review, endpoint)).as(what).isPresent();
        assertThat(events).hasSize(2).allMatch(event -> event.startsWith("told "));
    }

    @Test
    @DisplayName("what cannot be written denies with its cause, and what comes after it is not tried")
    void aFailureDenies() throws Exception {
        writer = (effect, deadline) -> {
            events.add("write " + effect.what());
            throw new Failure(Code.CLUSTER_UNAVAILABLE, "the API server did not answer. Try again.");
        };

        JsonNode response = validated(review());

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/code").asInt()).isEqualTo(503);
        assertThat(response.at("/status/reason").asText()).isEqualTo("CLUSTER_UNAVAILABLE");
        assertThat(response.at("/status/message").asText())
                .isEqualTo(
                        "Could not write the note \"one\", which this object needs: the API server did not answer. Try again.");
        assertThat(response.at("/auditAnnotations/images").asText())
                .as("what was found out stays on record")
                .contains("r.test/a");
        assertThat(events).containsExactly("write note \"one\"", "told denied");
        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.decision().code()).isEqualTo("CLUSTER_UNAVAILABLE");
            assertThat(event.images()).hasSize(1);
        });
    }

    @Test
    void aBugOfTheWriterDenies() throws Exception {
        writer = (effect, deadline) -> {
            throw new IllegalStateException("a bug");
        };

        JsonNode response = validated(review());

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/reason").asText()).isEqualTo("INTERNAL_ERROR");
    }

    @Test
    void aBugOfThePlannerDenies() throws Exception {
        planner = (kind, namespace, object, old) -> {
            throw new IllegalStateException("a bug");
        };

        JsonNode response = validated(review());

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/reason").asText()).isEqualTo("INTERNAL_ERROR");
    }

    @Test
    void anErrorThatEndsTheProcessIsNotKept() {
        writer = (effect, deadline) -> {
            throw new OutOfMemoryError();
        };

        assertThatThrownBy(() -> admission.review(review(), Endpoint.VALIDATE, MINUTE))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void nothingIsBegunWhenTheTimeHasRunOut() throws Exception {
        AtomicLong now = new AtomicLong();
        writer = (effect, deadline) -> {
            events.add("write " + effect.what() + " for " + deadline.tenant());
            now.addAndGet(Duration.ofSeconds(11).toNanos());
        };

        JsonNode response =
                response(admission.review(review(), Endpoint.VALIDATE, Deadline.in(Duration.ofSeconds(10), now::get)));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/reason").asText()).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(response.at("/status/message").asText())
                .isEqualTo(
                        "Could not finish writing the note \"two\", which this object needs: the time for this request ran out. Try again, or raise the webhook's timeoutSeconds.");
        assertThat(events).containsExactly("write note \"one\" for shop", "told denied");
    }

    @Test
    void thePlannerSeesTheObjectAsItWillBeAndAsItIs() throws Exception {
        planner = (kind, namespace, object, old) -> {
            events.add(
                    "plan in " + namespace + " " + object.at("/metadata/name").asText() + " " + old.isMissingNode());
            return List.of();
        };

        JsonNode _ = validated(review());

        assertThat(events).containsExactly("plan in shop p true", "told allowed");
    }

    @Test
    @DisplayName("while something is written for a large review, other large ones are read")
    void writingHoldsNoTurn() throws Exception {
        AdmissionService oneAtATime = admission(Limits.of(Map.of(Limit.LARGE_REVIEWS_AT_ONCE, 1L)));
        String large = ",\"annotations\":{\"a\":\"" + "x".repeat(Admission.LARGE) + "\"}";
        byte[] review = review("r.test/a", large, "");
        Deadline second = Deadline.in(Duration.ofSeconds(10));
        writer = (effect, deadline) -> {
            events.add("write");
            planner = (kind, namespace, object, old) -> List.of();
            byte[] _ = oneAtATime.review(review, Endpoint.VALIDATE, second);
        };
        planner = (kind, namespace, object, old) -> List.of(new Note("note"));

        JsonNode response = response(oneAtATime.review(review, Endpoint.VALIDATE, MINUTE));

        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(events).containsExactly("write", "told allowed", "told allowed");
    }
}
