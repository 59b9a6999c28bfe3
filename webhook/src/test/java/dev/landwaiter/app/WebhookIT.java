package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The webhook as it runs: decisions, and what is told of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookIT {
    private Port port;
    private RunningWebhook webhook;

    @BeforeAll
    void open(@TempDir Path folder) {
        port = new Port(folder);
        port.write("policies/audit.yaml", port.policy("tools", "tools/**", "audit", ""));
        webhook = new RunningWebhook(port, Map.of());
    }

    @AfterAll
    void close() {
        webhook.close();
        port.close();
    }

    @Test
    void aSignedPodIsPinnedAndThenValid() throws Exception {
        ObjectNode review = RunningWebhook.review("pinned", port.signed.text());

        JsonNode mutated = webhook.ask("/mutate?timeout=10s", review);
        ObjectNode changed = RunningWebhook.patched(review, mutated);
        JsonNode validated = webhook.ask("/validate?timeout=10s", changed);

        assertThat(mutated.path("uid").asText()).isEqualTo("pinned");
        assertThat(mutated.path("allowed").asBoolean()).isTrue();
        assertThat(mutated.path("patchType").asText()).isEqualTo("JSONPatch");
        assertThat(changed.at("/request/object/spec/containers/0/image").asText())
                .isEqualTo(port.signed.text() + "@" + port.signed.digest());
        assertThat(validated.path("allowed").asBoolean()).isTrue();
        assertThat(validated.has("patch")).isFalse();
        assertThat(webhook.ask("/mutate", changed).has("patch")).isFalse();
    }

    @Test
    void eachDecisionIsLoggedOnce() throws Exception {
        webhook.ask("/mutate", RunningWebhook.review("logged-1", port.signed.text()));
        webhook.ask("/mutate", RunningWebhook.review("logged-2", port.unsigned.text()));
        // the second time everything is known, and another path through the server answers
        webhook.ask("/mutate", RunningWebhook.review("logged-3", port.signed.text()));

        assertThat(lines("logged-1")).containsExactly("INFO allowed");
        assertThat(lines("logged-2")).containsExactly("INFO denied");
        assertThat(lines("logged-3")).containsExactly("INFO allowed");
        Map<String, String> denied = webhook.logged("decision").stream()
                .map(WebhookIT::values)
                .filter(values -> "logged-2".equals(values.get("uid")))
                .findFirst()
                .orElseThrow();
        assertThat(denied)
                .containsEntry("endpoint", "mutate")
                .containsEntry("namespace", "shop")
                .containsEntry("kind", "Pod")
                .containsEntry("name", "api")
                .containsEntry("operation", "CREATE")
                .containsEntry("dryRun", "false")
                .containsEntry("user", "alice")
                .containsEntry("decision", "denied")
                .containsEntry("code", "SIGNATURE_MISSING")
                .containsKeys("images", "durationMicros", "problems");
    }

    private List<String> lines(String uid) {
        return webhook.logged("decision").stream()
                .filter(event -> uid.equals(values(event).get("uid")))
                .map(event -> event.getLevel() + " " + event.getMessage())
                .toList();
    }

    private static Map<String, String> values(ILoggingEvent event) {
        Map<String, String> values = new HashMap<>();
        event.getKeyValuePairs().forEach(pair -> values.put(pair.key, String.valueOf(pair.value)));
        return values;
    }

    @Test
    void metricsTellOfDecisionsAndOfWhatTheyRestOn() throws Exception {
        String shell =
                port.registry.images().image("tools/shell").tag("1").push().text();
        webhook.ask("/mutate", RunningWebhook.review("metrics-1", port.signed.text()));
        webhook.ask("/mutate", RunningWebhook.review("metrics-2", port.unsigned.text()));
        JsonNode audited = webhook.ask("/mutate", RunningWebhook.review("metrics-3", shell));
        webhook.ask("/validate", RunningWebhook.review("metrics-3", shell));

        assertThat(audited.path("allowed").asBoolean()).isTrue();
        assertThat(webhook.metric("landwaiter_decisions_total{code=\"\",decision=\"allowed\",endpoint=\"mutate\"}"))
                .isGreaterThanOrEqualTo(2);
        assertThat(
                        webhook.metric(
                                "landwaiter_decisions_total{code=\"SIGNATURE_MISSING\",decision=\"denied\",endpoint=\"mutate\"}"))
                .isGreaterThanOrEqualTo(1);
        assertThat(webhook.metric("landwaiter_policy_would_deny_total{mode=\"audit\",policy=\"tools\"}"))
                .isEqualTo(1);
        assertThat(webhook.metric("landwaiter_policies_broken")).isZero();
        assertThat(webhook.metric("landwaiter_certificate_not_after_seconds"))
                .isEqualTo((double) webhook.certificate.get().notAfter().getEpochSecond());
        assertThat(webhook.metric("landwaiter_certificate_healthy")).isEqualTo(1);
        assertThat(webhook.metric("landwaiter_registry_requests_total{host=\"%s\",result=\"200\"}"
                        .formatted(port.registry.host())))
                .isGreaterThanOrEqualTo(2);
        assertThat(webhook.metric("landwaiter_tier_requests_total{result=\"miss\",tier=\"memory\"}"))
                .isPositive();
        assertThat(webhook.metric("landwaiter_server_deciding{listener=\"admission\"}"))
                .isZero();
    }

    @Test
    void healthIsToldOnItsOwnPort() throws Exception {
        HttpResponse<String> alive = webhook.manage("/healthz");

        assertThat(alive.statusCode()).isEqualTo(200);
        assertThat(alive.body()).isEqualTo("ok\n");
        assertThat(webhook.manage("/readyz").body())
                .contains("[+] server: serving\n")
                .contains("[+] certificate: valid until "
                        + webhook.certificate.get().notAfter())
                .contains("policy folder: ");
    }

    @Test
    void theLastGoodPoliciesStayInForceWhileTheFolderHasAMistake() throws Exception {
        port.write("policies/new.yaml", "kind: ClusterImagePolicy\nspec: [\n");
        awaitReadiness("[!] policy folder: Could not load policies of folder \"" + port.file("policies") + "\"");

        assertThat(webhook.manage("/readyz").statusCode()).isEqualTo(200);
        assertThat(webhook.metric("landwaiter_policies_degraded")).isEqualTo(1);
        assertThat(webhook.metric("landwaiter_policies")).isEqualTo(2);
        assertThat(webhook.ask("/mutate", RunningWebhook.review("degraded", port.unsigned.text()))
                        .path("allowed")
                        .asBoolean())
                .isFalse();
        awaitErrors(1);

        port.write("policies/new.yaml", port.policy("third", "third/**", "enforce", ""));
        awaitReadiness("[+] policy folder: 3 policies\n");

        assertThat(webhook.metric("landwaiter_policies_degraded")).isZero();
        assertThat(webhook.metric("landwaiter_policies")).isEqualTo(3);
        assertThat(errors()).as("a mistake is told once, not at every look").isEqualTo(1);
    }

    private long errors() {
        return webhook.logged(FolderWatch.class.getName()).stream()
                .filter(event -> event.getLevel() == Level.ERROR
                        && event.getFormattedMessage().endsWith("The last good policies stay in force."))
                .count();
    }

    private void awaitErrors(long count) {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (errors() < count && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        assertThat(errors()).isEqualTo(count);
    }

    private void awaitReadiness(String part) throws IOException, InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!webhook.manage("/readyz").body().contains(part) && System.nanoTime() < until) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        assertThat(webhook.manage("/readyz").body()).contains(part);
    }
}
