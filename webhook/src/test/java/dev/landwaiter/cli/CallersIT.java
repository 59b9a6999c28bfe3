package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.app.Port;
import dev.landwaiter.app.RunningWebhook;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who counts as the API server, and what others are answered. */
class CallersIT {
    private Port port;
    private String secret;

    @BeforeEach
    void open(@TempDir Path folder) {
        port = new Port(folder);
        secret = port.registry.images().image("vault/keys").tag("1").push().text();
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    @Tag("attack-62")
    void whoHasNotProvedToBeTheApiServerGetsNothingByACredential() throws Exception {
        try (RunningWebhook webhook =
                new RunningWebhook(port, Map.of("--trust-network", "false", "--on-unresolved", "deny"))) {
            JsonNode privately = webhook.ask("/mutate", RunningWebhook.review("private", secret));

            assertThat(privately.path("allowed").asBoolean()).isFalse();
            assertThat(privately.at("/status/message").asText())
                    .contains(
                            "with no credentials",
                            "with no credentials (the Pod's pull secrets are not used, because this webhook cannot tell that the API server asks: see docs/security/callers.md)");
            assertThat(webhook.manage("/readyz").statusCode()).isEqualTo(200);
            assertThat(webhook.manage("/readyz").body())
                    .contains(
                            "[!] callers: no caller can prove to be the API server, so no pull secrets or other credentials are used: set --client-ca with --client-names, or --trust-network (docs/security/callers.md)\n");
            assertThat(webhook.logged("decision"))
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(pairs(line)).contains("caller=\"unproven\""));
        }
    }

    private static List<String> pairs(ILoggingEvent line) {
        return line.getKeyValuePairs().stream().map(Object::toString).toList();
    }

    @Test
    void whereTheNetworkIsTrustedCredentialsAreUsed() throws Exception {
        try (RunningWebhook webhook = new RunningWebhook(port, Map.of("--on-unresolved", "deny"))) {
            JsonNode privately = webhook.ask("/mutate", RunningWebhook.review("private", secret));

            assertThat(privately.path("allowed").asBoolean()).isTrue();
            assertThat(webhook.manage("/readyz").body())
                    .contains(
                            "[+] callers: everyone who reaches the port counts as the API server (--trust-network)\n");
            assertThat(webhook.logged("decision"))
                    .allSatisfy(line -> assertThat(pairs(line)).doesNotContain("caller=\"unproven\""));
        }
    }

    @Test
    void theFlagOfASwitchNeedsNoValue() {
        Ran alone = Ran.with(Map.of(), "webhook", "--trust-network", "--tls-cert", "nowhere");
        Ran wrong = Ran.with(Map.of(), "webhook", "--trust-network=perhaps", "--tls-cert", "nowhere");

        assertThat(alone.err()).contains("1 mistake", "--tls-cert");
        assertThat(wrong.err()).contains("2 mistakes", "--trust-network \"perhaps\": expected true or false");
    }
}
