package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes on while a registry, the webhook or everything is down. */
@OnRealCluster
class OutageIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Session session;
    private final Images images;
    private final PushedImage signed;
    private final Tenant tenant;

    OutageIT(Session session) {
        this.session = session;
        images = session.images();
        signed = images.pushSigned("outage/api:1");
        tenant = session.tenant("outage");
        tenant.requireSignature(glob(), images.key(KeyKind.ECDSA_P256));
    }

    private String glob() {
        return images.address(Registry.WITHOUT_REFERRERS_API) + "/outage/**";
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    @Test
    void aJobCompletesWhileTheRegistryIsDown() {
        tenant.kubectl("create", "-f", "-")
                .reading(AdmissionIT.job("import", signed))
                .output();
        String pod = tenant.pods("job-name=import", 1)
                .getFirst()
                .at("/metadata/name")
                .asText();

        withoutRegistry(() -> {
            // as a kubelet would; then the controller takes its finalizer off the Pod, an UPDATE that we are asked
            // about
            tenant.kubectl(
                            "patch",
                            "pod",
                            pod,
                            "--subresource=status",
                            "--type=merge",
                            "-p",
                            "{\"status\": {\"phase\": \"Succeeded\"}}")
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
    void aPodIsDeletedWhileTheRegistryIsDown() {
        tenant.created(tenant.pod("held", signed.reference())
                .replace("name: held", "name: held\n  finalizers: [e2e.landwaiter.dev/held]"));

        withoutRegistry(() -> {
            tenant.kubectl("delete", "pod", "held", "--wait=false").output();
            tenant.kubectl("label", "pod", "held", "seen=deleting").output();
            tenant.kubectl("patch", "pod", "held", "--type=merge", "-p", "{\"metadata\": {\"finalizers\": null}}")
                    .output();
            Await.until(
                    "the Pod is gone",
                    () -> tenant.kubectl("get", "pod", "held").run().err(),
                    err -> err.contains("NotFound"));
        });
    }

    @Test
    void couldNotCheckIsNotUnsignedAndOnUnavailableDecides() {
        PushedImage unknown = images.pushSigned("outage/unknown:1");
        withoutRegistry(() -> {
            Command.Result denied = tenant.create(tenant.pod("unknown", unknown.reference()));
            assertThat(denied.exit()).isEqualTo(1);
            assertThat(denied.err())
                    .contains("REGISTRY_UNREACHABLE", unknown.reference())
                    .doesNotContain("SIGNATURE_");

            try (Tenant lenient = session.tenant("lenient")) {
                lenient.policy(
                        "lenient", "onUnavailable: admit\n" + Tenant.signedBy(glob(), images.key(KeyKind.ECDSA_P256)));
                Command.Result admitted = lenient.create(lenient.pod("unknown", unknown.reference()), "-o", "json");
                assertThat(admitted.exit()).as(admitted.err()).isZero();
                assertThat(admitted.err()).contains("Warning: ", "REGISTRY_UNREACHABLE");
                assertThat(Cluster.parse(admitted.out())
                                .at("/spec/containers/0/image")
                                .asText())
                        .isEqualTo(unknown.reference());
            }
        });

        Command.Result back = Await.until(
                "the image is admitted once its registry is back",
                () -> tenant.create(tenant.pod("unknown", unknown.reference()), "-o", "json"),
                result -> result.exit() == 0);
        assertThat(Cluster.parse(back.out()).at("/spec/containers/0/image").asText())
                .isEqualTo(unknown.pinned());
    }

    @ParameterizedTest
    @ValueSource(strings = {"IfNotPresent", "Always"})
    void aDeploymentScalesUpWhileTheRegistryIsDown(String pullPolicy) {
        String name = "api-" + pullPolicy.toLowerCase(Locale.ROOT);
        tenant.kubectl("create", "-f", "-")
                .reading("""
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: %1$s}
                        spec:
                          replicas: 1
                          selector: {matchLabels: {app: %1$s}}
                          template:
                            metadata: {labels: {app: %1$s}}
                            spec:
                              containers:
                              - {name: main, image: "%2$s", imagePullPolicy: %3$s}
                        """.formatted(name, signed.reference(), pullPolicy))
                .output();
        assertThat(tenant.pods("app=" + name, 1)).hasSize(1);

        withoutRegistry(() -> {
            tenant.kubectl("scale", "deployment", name, "--replicas=3").output();

            assertThat(tenant.pods("app=" + name, 3)).allSatisfy(pod -> {
                assertThat(pod.at("/spec/containers/0/image").asText()).isEqualTo(signed.pinned());
                assertThat(pod.at("/spec/containers/0/imagePullPolicy").asText())
                        .as("left as it is: the kubelet asks the registry by itself")
                        .isEqualTo(pullPolicy);
            });
            Command.Result another = tenant.create(tenant.pod("another", signed.reference()));
            assertThat(another.exit()).as(another.err()).isZero();
            assertThat(another.err())
                    .contains("Warning: ", "REGISTRY_UNREACHABLE", "taken for what its tag named last");
        });
    }

    private void withoutRegistry(Runnable whileDown) {
        images.stopRegistry();
        try {
            whileDown.run();
        } finally {
            images.startRegistry();
        }
    }

    @Test
    void whileTheWebhookIsDownOptedInPodsAreRefusedAndOthersAreNot() {
        try (Tenant other = session.tenantWithoutOptIn("free")) {
            session.webhook().stop();
            try {
                Command.Result refused = tenant.create(tenant.pod("refused", signed.reference()));
                assertThat(refused.exit()).isEqualTo(1);
                assertThat(refused.err()).contains("failed calling webhook \"mutate.landwaiter.dev\"");
                assertThat(other.create(other.pod("free", signed.reference())).exit())
                        .isZero();
            } finally {
                session.webhook().start();
            }
        }
        assertAdmitted("back");
    }

    @Test
    void breakGlassLetsPodsInWithoutTheWebhook() {
        session.webhook().stop();
        try {
            session.unregister();
            Command.Result result = Await.until(
                    "a Pod comes in",
                    () -> tenant.create(tenant.pod("urgent", signed.reference()), "-o", "json"),
                    created -> created.exit() == 0);
            assertThat(Cluster.parse(result.out())
                            .at("/spec/containers/0/image")
                            .asText())
                    .isEqualTo(signed.reference());
        } finally {
            session.webhook().start();
            session.register();
        }
        assertAdmitted("after");
    }

    @Test
    @Tag("attack-47")
    @DisplayName("Attack 47: the whole cluster restarts with zero replicas up, and the webhook comes back")
    void everythingRestartedWithZeroReplicasUpComesBack() {
        assumeTrue(session.cluster().ours(), "a control plane of ours can be stopped");
        JsonNode before = tenant.created(tenant.pod("before", signed.reference()));
        session.webhook().stop();
        session.cluster().stop();

        session.cluster().startAgain();
        Command.Result ofTheSystem = Await.until(
                "a Pod of the control plane comes in while no webhook is up",
                () -> session.cluster()
                        .kubectl("-n", "kube-system", "create", "--dry-run=server", "-f", "-")
                        .reading(tenant.pod("network", "registry.e2e.test/network:1"))
                        .run(),
                result -> result.exit() == 0);
        assertThat(ofTheSystem.out()).contains("created");
        assertThat(tenant.create(tenant.pod("early", signed.reference())).err()).contains("failed calling webhook");

        session.webhook().start();
        assertAdmitted("late");
        assertThat(tenant.json("get", "pod", "before").path("spec")).isEqualTo(before.path("spec"));
    }

    private void assertAdmitted(String name) {
        Command.Result result = Await.until(
                "the webhook admits again",
                () -> tenant.create(tenant.pod(name, signed.reference()), "-o", "json"),
                created -> created.exit() == 0);
        assertThat(Cluster.parse(result.out()).at("/spec/containers/0/image").asText())
                .isEqualTo(signed.pinned());
    }
}
