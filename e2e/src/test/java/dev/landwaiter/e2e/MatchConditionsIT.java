package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which changes of a Pod the webhook is called for: seen by what still works, and what does not, while there is no webhook at all. */
@OnRealCluster
class MatchConditionsIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Session session;
    private final PushedImage signed;
    private final Tenant tenant;

    MatchConditionsIT(Session session) {
        this.session = session;
        signed = session.images().pushSigned("conditions/api:1");
        tenant = session.tenant("conditions");
        tenant.requireSignature(
                session.images().address(Registry.WITHOUT_REFERRERS_API) + "/conditions/**",
                session.images().key(KeyKind.ECDSA_P256));
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    private void withoutWebhook(Runnable whileDown) {
        session.webhook().stop();
        try {
            whileDown.run();
        } finally {
            session.webhook().start();
        }
    }

    private Command.Result patched(String pod, String patch) {
        return tenant.kubectl("patch", "pod", pod, "--type=merge", "-p", patch).run();
    }

    private static void assertNotCalledFor(Command.Result result) {
        assertThat(result.exit()).as(result.err()).isZero();
    }

    private static void assertCalledFor(Command.Result result) {
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("failed calling webhook \"mutate.landwaiter.dev\"");
    }

    @Test
    void aPodIsLabelledAnnotatedAndDeletedWithoutTheWebhook() {
        tenant.created(tenant.pod("held", signed.reference())
                .replace("name: held", "name: held\n  finalizers: [e2e.landwaiter.dev/held]"));

        withoutWebhook(() -> {
            assertNotCalledFor(
                    tenant.kubectl("label", "pod", "held", "seen=running").run());
            assertNotCalledFor(tenant.kubectl("annotate", "pod", "held", "example.com/note=kept")
                    .run());
            tenant.kubectl("delete", "pod", "held", "--wait=false").output();
            assertNotCalledFor(patched("held", "{\"metadata\": {\"finalizers\": null}}"));
            Await.until(
                    "the Pod is gone",
                    () -> tenant.kubectl("get", "pod", "held").run().err(),
                    err -> err.contains("NotFound"));
        });
    }

    @Test
    void aJobCompletesWithoutTheWebhook() {
        tenant.kubectl("create", "-f", "-")
                .reading(AdmissionIT.job("import", signed))
                .output();
        String pod = tenant.pods("job-name=import", 1)
                .getFirst()
                .at("/metadata/name")
                .asText();

        withoutWebhook(() -> {
            tenant.kubectl("patch", "pod", pod, "--subresource=status", "--type=merge")
                    .and("-p", "{\"status\": {\"phase\": \"Succeeded\"}}")
                    .output();
            tenant.kubectl("wait", "--for=condition=Complete", "job/import", "--timeout=60s")
                    .within(MINUTE.plusSeconds(10))
                    .output();
            Await.until(
                    "the Pod has lost its finalizer",
                    () -> tenant.json("get", "pod", pod).at("/metadata/finalizers"),
                    JsonNode::isMissingNode);
        });
    }

    @Test
    void whatBringsAnImageOrARecordIsNeverLetThrough() {
        tenant.created(tenant.pod("running", signed.reference()));

        withoutWebhook(() -> {
            assertCalledFor(tenant.kubectl("set", "image", "pod/running", "main=registry.example.com/other:1")
                    .run());
            for (String key : new String[] {
                "catalog.landwaiter.dev/images",
                "catalog.landwaiter.dev/config",
                "catalog.landwaiter.dev/modelkits",
                "landwaiter.dev/plan"
            }) {
                assertCalledFor(
                        patched("running", "{\"metadata\": {\"annotations\": {\"%s\": \"forged\"}}}".formatted(key)));
            }
            // records that are there may not go without a word either
            assertCalledFor(patched("running", "{\"metadata\": {\"annotations\": null}}"));
            assertCalledFor(
                    tenant.kubectl("debug", "running", "--image=registry.example.com/debug:1", "--profile=restricted")
                            .run());
            assertCalledFor(tenant.create(tenant.pod("new", signed.reference())));
        });
    }

    @Test
    void aPodWithoutRecordsIsNotAskedAboutEither() {
        try (Tenant other = session.tenantWithoutOptIn("before")) {
            other.created(other.pod("older", signed.reference()));
            session.cluster()
                    .kubectl("label", "--overwrite", "namespace", other.namespace(), "landwaiter.dev/admission=enabled")
                    .output();
            withoutWebhook(() -> assertNotCalledFor(
                    other.kubectl("label", "pod", "older", "seen=running").run()));
        }
    }
}
