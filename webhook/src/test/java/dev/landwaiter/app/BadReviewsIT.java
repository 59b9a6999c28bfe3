package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What no API server sends, sent to the whole webhook. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadReviewsIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String GOOD = RunningWebhook.review("good", "nginx").toString();

    private Port port;
    private RunningWebhook webhook;

    @BeforeAll
    void open(@TempDir Path folder) {
        port = new Port(folder);
        webhook = new RunningWebhook(port, Map.of());
    }

    @AfterAll
    void close() {
        webhook.close();
        port.close();
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of(
                        "empty",
                        "",
                        "REVIEW_MALFORMED",
                        "Could not read the AdmissionReview: it is empty where JSON was expected. Check what wrote it."),
                Arguments.of(
                        "truncated",
                        GOOD.substring(0, 40),
                        "REVIEW_MALFORMED",
                        "Could not read the AdmissionReview: it is not well-formed JSON at line 1, column 41 (Unexpected end-of-input in field name). Check what wrote it."),
                Arguments.of(
                        "not JSON",
                        "hello",
                        "REVIEW_MALFORMED",
                        "Could not read the AdmissionReview: it is not well-formed JSON at line 1, column 1 (Unrecognized token 'hello': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')). Check what wrote it."),
                Arguments.of(
                        "a key twice",
                        GOOD.replace("\"uid\":\"good\"", "\"uid\":\"good\",\"uid\":\"bad\""),
                        "REVIEW_MALFORMED",
                        "Could not read the AdmissionReview: it is not well-formed JSON at line 1, column 92 (the key \"uid\" stands twice in one object). Check what wrote it."),
                Arguments.of(
                        "more behind it",
                        GOOD + "{}",
                        "REVIEW_MALFORMED",
                        "Could not read the AdmissionReview: it is not well-formed JSON at line 1, column 418 (something follows the one value). Check what wrote it."),
                Arguments.of(
                        "another kind",
                        GOOD.replace("AdmissionReview", "Pod"),
                        "REVIEW_MALFORMED",
                        "Could not read the AdmissionReview: it is not an AdmissionReview. Check what sent it; the API server sends kind AdmissionReview of admission.k8s.io/v1."),
                Arguments.of(
                        "v1beta1",
                        GOOD.replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1"),
                        "REVIEW_UNSUPPORTED",
                        "Could not read the AdmissionReview: its apiVersion is not admission.k8s.io/v1. Set admissionReviewVersions: [v1] in the webhook configuration."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void isABadRequestWithAStableCode(String what, String body, String code, String message) throws Exception {
        assertThat(body).as(what).isNotEqualTo(GOOD);
        for (String path : new String[] {"/mutate", "/validate"}) {
            refused(webhook.post(path, body), 400, code, message);
        }
    }

    @Test
    void aKindThatIsNotLookedAtIsABadRequestThatNamesThoseThatAre() throws Exception {
        String secret = GOOD.replace("\"version\":\"v1\",\"kind\":\"Pod\"", "\"version\":\"v1\",\"kind\":\"Secret\"");
        refused(
                webhook.post("/mutate", secret),
                400,
                "REVIEW_UNSUPPORTED",
                "Could not decide on kind \"/v1 Secret\": only v1 Pods are supported. Register the webhook for pods and pods/ephemeralcontainers alone.");
        refused(
                webhook.post("/validate", secret),
                400,
                "REVIEW_UNSUPPORTED",
                "Could not decide on kind \"/v1 Secret\": only v1 Pods, v1 PodTemplates, apps/v1 Deployments, apps/v1 ReplicaSets, v1 ReplicationControllers, apps/v1 StatefulSets, apps/v1 DaemonSets, batch/v1 Jobs, batch/v1 CronJobs are supported. Register the webhook for pods and pods/ephemeralcontainers, podtemplates, deployments, replicasets, replicationcontrollers, statefulsets, daemonsets, jobs, cronjobs alone.");
    }

    static Stream<Arguments> badObjects() {
        return Stream.of(
                Arguments.of(
                        "half of a surrogate pair",
                        GOOD.replaceFirst("\"image\":\"[^\"]*\"", "\"image\":\"\\\\ud800\""),
                        "IMAGE_REFERENCE_INVALID",
                        "Could not admit spec.containers[0].image: Could not read image reference \"\\ud800\": it has the character '\\ud800', which no reference has. Expected: [registry[:port]/]repository[:tag][@sha256:…]."),
                Arguments.of(
                        "containers that are no list",
                        GOOD.replaceAll("\"containers\":\\[.*?\\]", "\"containers\":\"all\""),
                        "REVIEW_MALFORMED",
                        "Could not read spec.containers of the object: it is not a list. Check what sent it."),
                Arguments.of(
                        "a container's name twice",
                        GOOD.replaceAll("\"containers\":\\[(.*?)\\]", "\"containers\":[$1,$1]"),
                        "REVIEW_MALFORMED",
                        "Could not read spec.containers[1].name of the object: it is not a name of its own, but that of containers[0]. Check what sent it."),
                Arguments.of(
                        "too many images",
                        GOOD.replaceAll(
                                "\"containers\":\\[(.*?)\\]",
                                "\"containers\":[" + "{\"name\":\"x\",\"image\":\"x\"},".repeat(256) + "$1]"),
                        "LIMIT_EXCEEDED",
                        "Could not read the object's images: it exceeds the limit 'images-per-object' of 256 images. If it is meant to be that large, raise the setting --limit images-per-object=…."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badObjects")
    void anObjectThatCannotBeLookedAtIsDeniedWithItsReasonAndLogged(
            String what, String body, String code, String message) throws Exception {
        assertThat(body).as(what).isNotEqualTo(GOOD);
        for (String path : new String[] {"/mutate", "/validate"}) {
            int logged = webhook.logged("decision").size();
            JsonNode response = JSON.readTree(webhook.post(path, body).body()).path("response");

            assertThat(response.path("uid").asText()).isEqualTo("good");
            assertThat(response.path("allowed").asBoolean()).isFalse();
            assertThat(response.at("/status/code").asInt()).isEqualTo(403);
            assertThat(response.at("/status/reason").asText()).isEqualTo(code);
            assertThat(response.at("/status/message").asText()).isEqualTo(message);
            assertThat(webhook.logged("decision")).hasSize(logged + 1).last().hasToString("[INFO] denied");
        }
    }

    private static void refused(HttpResponse<String> answer, int status, String code, String message) throws Exception {
        JsonNode body = JSON.readTree(answer.body());
        assertThat(body.path("message").asText()).isEqualTo(message);
        assertThat(body.path("code").asText()).isEqualTo(code);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    @Tag("attack-11")
    @DisplayName("Attack 11: a review of 9 MiB is refused by the default limit")
    void aHugeReviewIsRefused() throws Exception {
        ObjectNode review = RunningWebhook.review("huge", "nginx");
        review.withObject("/request/object/metadata/annotations").put("big", "x".repeat(9 << 20));

        refused(
                webhook.post("/mutate", review.toString()),
                413,
                "REVIEW_TOO_LARGE",
                "Could not read the review: it exceeds the limit 'review-bytes' of 8388608 bytes. If objects are meant to be that large, raise the setting --limit review-bytes=….");
        assertThat(webhook.metric("landwaiter_server_refusals_total{code=\"REVIEW_TOO_LARGE\",listener=\"admission\"}"))
                .isEqualTo(1);
        assertThat(webhook.metric("landwaiter_server_review_bytes{listener=\"admission\"}"))
                .isZero();
    }

    @Test
    @Tag("attack-11")
    @DisplayName("Attack 11: a review nested a million levels deep is refused, and the next one is answered")
    void aDeepReviewIsRefused() throws Exception {
        refused(
                webhook.post("/mutate", GOOD.replace("\"spec\":{", "\"spec\":{\"x\":" + "[".repeat(1_000_000))),
                400,
                "LIMIT_EXCEEDED",
                "Could not read the AdmissionReview: it exceeds the limit 'review-depth' of 256 levels. If it is meant to be that large, raise the setting --limit review-depth=….");
        assertThat(webhook.ask("/mutate", RunningWebhook.review("next", port.signed.text()))
                        .path("allowed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void unknownFieldsAreKept() throws Exception {
        ObjectNode review = RunningWebhook.review("unknown", port.signed.text());
        review.put("later", 1);
        review.withObject("/request/object/spec").put("later", 1.0);

        ObjectNode changed = RunningWebhook.patched(review, webhook.ask("/mutate", review));

        assertThat(changed.at("/request/object/spec/later")).hasToString("1.0");
    }
}
