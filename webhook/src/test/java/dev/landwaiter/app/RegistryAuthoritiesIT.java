package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.certs.SelfSignedAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --registry-ca} while the webhook runs. */
@Timeout(90)
class RegistryAuthoritiesIT {
    private static final String STRANGER =
            new SelfSignedAuthority("stranger", Duration.ofDays(1), Clock.systemUTC()).certificatePem();

    @TempDir
    private Path folder;

    private int asked;

    @Test
    void aNewFileIsTrustedAndWhatItNoLongerHoldsIsNot() throws Exception {
        try (Port port = new Port(folder)) {
            String right = port.registry.certificates().caPem();
            port.write("ca.pem", STRANGER);
            try (RunningWebhook webhook =
                    new RunningWebhook(port, Map.of("--failure-ttl", "0s", "--on-unresolved", "deny"))) {
                assertThat(code(webhook, port)).isEqualTo("REGISTRY_TLS_FAILED");

                port.write("ca.pem", right);
                await(() -> code(webhook, port).isEmpty());

                port.write("ca.pem", "no certificate");
                await(() -> webhook.manage("/readyz").body().contains("[!] registry authorities: "));
                assertThat(webhook.manage("/readyz").body())
                        .contains(
                                "[!] registry authorities: Could not use --registry-ca \"%s=%s\": the file holds no certificate in PEM."
                                        .formatted(port.registry.host(), port.file("ca.pem")));
                assertThat(webhook.manage("/readyz").statusCode()).isEqualTo(200);
                assertThat(code(webhook, port))
                        .as("the last good one is trusted")
                        .isEmpty();

                Files.delete(folder.resolve("ca.pem"));
                await(() -> webhook.manage("/readyz")
                        .body()
                        .contains(
                                "[!] registry authorities: Could not use --registry-ca \"%s=%s\": there is no such file. Give"
                                        .formatted(port.registry.host(), port.file("ca.pem"))));

                port.write("ca.pem", STRANGER);
                await(() -> code(webhook, port).equals("REGISTRY_TLS_FAILED"));
                assertThat(webhook.manage("/readyz").body()).contains("[+] registry authorities: of 1 registry");
            }
        }
    }

    /** Of an image that nobody has asked for yet; "" where it is admitted. */
    private String code(RunningWebhook webhook, Port port) throws Exception {
        String tag = "t" + asked++;
        Object _ = port.registry
                .images()
                .image("other/thing")
                .tag(tag)
                .label("tag", tag)
                .push();
        JsonNode response =
                webhook.ask("/mutate", RunningWebhook.review("u", port.registry.host() + "/other/thing:" + tag));
        return response.path("status").path("reason").asText("");
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("it came about in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
