package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of Pods, and of those that make Pods, in a namespace whose images of {@code shop/} need a signature. */
@OnRealCluster
class AdmissionIT {
    private final Session session;
    private final Shop shop;
    private final Images images;
    private final Tenant tenant;

    AdmissionIT(Session session) {
        this.session = session;
        this.shop = Shop.open(session);
        this.images = session.images();
        this.tenant = shop.tenant();
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    @Test
    void aPodIsPinnedAndRecorded() {
        JsonNode pod = tenant.created(tenant.pod("one", shop.signed().reference()));

        assertThat(Shop.image(pod)).isEqualTo(shop.signed().pinned());
        assertThat(Records.of(pod)).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
    }

    @Test
    void theSamePodAppliedAgainStaysAsItIs() {
        String yaml = tenant.pod("again", shop.signed().reference());
        tenant.kubectl("apply", "-f", "-").reading(yaml).output();
        JsonNode before = tenant.json("get", "pod", "again");
        tenant.kubectl("apply", "-f", "-").reading(yaml).output();
        assertThat(tenant.json("get", "pod", "again")).isEqualTo(before);
    }

    @Test
    @Tag("attack-50")
    @DisplayName(
            "Attack 50: the Pods of a Deployment are pinned and its template stays as written, so that GitOps tools see no change")
    void thePodsOfADeploymentArePinnedAndItsTemplateStaysAsWritten() {
        tenant.kubectl("create", "-f", "-")
                .reading("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: api}}
                  template:
                    metadata: {labels: {app: api}}
                    spec:
                %s""".formatted(Tenant.podSpec(shop.signed().reference()).indent(6)))
                .output();

        for (JsonNode pod : tenant.pods("app=api", 2)) {
            assertThat(Shop.image(pod)).isEqualTo(shop.signed().pinned());
            assertThat(Records.of(pod)).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
        }
        assertThat(tenant.json("get", "deployment", "api")
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(shop.signed().reference());
        assertThat(tenant.json("get", "replicasets")
                        .at("/items/0/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(shop.signed().reference());
    }

    @Test
    void thePodOfAJobIsPinnedAndItsTemplateStaysAsWritten() {
        tenant.kubectl("create", "-f", "-")
                .reading(job("import", shop.signed()))
                .output();

        JsonNode pod = tenant.pods("job-name=import", 1).getFirst();
        assertThat(Shop.image(pod)).isEqualTo(shop.signed().pinned());
        assertThat(Records.of(pod)).isEqualTo(Records.ofOne(shop.verified(shop.signed())));
        assertThat(tenant.json("get", "job", "import")
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(shop.signed().reference());
    }

    static String job(String name, PushedImage image) {
        return """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s}
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                %s""".formatted(name, Tenant.podSpec(image.reference()).indent(6));
    }

    @Test
    void anUnsignedImageIsDeniedInWordsThatSayWhatToDo() {
        Command.Result result =
                tenant.create(tenant.pod("unsigned", shop.unsigned().reference()));

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("""
                        Error from server (SIGNATURE_MISSING): error when creating "STDIN": admission webhook "mutate.landwaiter.dev" denied the request: \
                        Could not admit spec.containers[0].image "%s" under ClusterImagePolicy "%s-signed": \
                        Could not find a signature of %s: there is none under its tag %s….sig nor among its referrers. \
                        Sign it: cosign sign --key <key> %3$s.
                        """.formatted(
                        shop.unsigned().reference(),
                        tenant.namespace(),
                        shop.unsigned().canonical(),
                        shop.unsigned().digest().replace(':', '-').substring(0, 19)));
        assertThat(tenant.kubectl("get", "pod", "unsigned").run().err()).contains("NotFound");
    }

    @Test
    void whoLooksAtADeploymentReadsWhyItHasNoPods() {
        tenant.kubectl(
                        "create",
                        "deployment",
                        "refused",
                        "--image=" + shop.unsigned().reference())
                .output();

        JsonNode condition = Await.until(
                "condition ReplicaFailure",
                () -> tenant.json("get", "deployment", "refused").at("/status/conditions"),
                conditions -> conditions.toString().contains("ReplicaFailure"));
        assertThat(condition.toString())
                .contains(shop.unsigned().reference(), "Could not find a signature of", "cosign sign --key");
    }

    @Test
    void aDryRunAnswersAsTheRealThingAndLeavesNothing() {
        String before = everythingIn(tenant);

        Command.Result result =
                tenant.create(tenant.pod("dry", shop.signed().reference()), "--dry-run=server", "-o", "json");

        assertThat(Shop.image(Cluster.parse(result.out())))
                .isEqualTo(shop.signed().pinned());
        assertThat(tenant.create(tenant.pod("dry", shop.unsigned().reference()), "--dry-run=server")
                        .err())
                .contains("SIGNATURE_MISSING");
        assertThat(everythingIn(tenant)).isEqualTo(before);
    }

    private static String everythingIn(Tenant tenant) {
        return tenant.kubectl("get", "pods,configmaps,secrets,events,services,leases", "-o", "name")
                .output();
    }

    @Test
    void anImageOfNoPolicyIsPinnedAndRecordedAsUnchecked() {
        PushedImage other = images.pushUnsigned("elsewhere/image:1");
        JsonNode pod = tenant.created(tenant.pod("other", other.reference()));
        assertThat(Shop.image(pod)).isEqualTo(other.pinned());
        assertThat(Records.of(pod)).isEqualTo(Records.ofOne(Records.unchecked(other)));
    }

    @Test
    void anImageOfNoPolicyThatCannotBeResolvedIsAdmittedWithAWarning() {
        String missing = images.address(Registry.WITHOUT_REFERRERS_API) + "/elsewhere/missing:1";
        Command.Result result = tenant.create(tenant.pod("missing", missing), "-o", "json");
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).contains("Warning: ", "IMAGE_NOT_FOUND", "spec.containers[0].image");
        assertThat(Shop.image(Cluster.parse(result.out()))).isEqualTo(missing);
    }

    @Test
    void modeWarnAdmitsWithAWarningAndModeAuditWithoutAWord() {
        for (String mode : List.of("warn", "audit")) {
            try (Tenant other = session.tenant(mode)) {
                other.policy(
                        mode,
                        "mode: " + mode + "\n"
                                + Tenant.signedBy(
                                        images.address(Registry.WITHOUT_REFERRERS_API) + "/shop/**",
                                        images.key(KeyKind.ECDSA_P256)));
                Command.Result result =
                        other.create(other.pod("unsigned", shop.unsigned().reference()));
                assertThat(result.exit()).as(result.err()).isZero();
                if (mode.equals("warn")) {
                    assertThat(result.err()).contains("Warning: ", "SIGNATURE_MISSING");
                } else {
                    assertThat(result.err()).isEmpty();
                }
            }
        }
    }

    @Test
    void theAuditLogSaysWhyModeAuditWouldDeny() throws Exception {
        assumeTrue(session.cluster().ours(), "the audit log of a cluster of ours");
        try (Tenant other = session.tenant("why")) {
            String policy = other.policy(
                    "audit",
                    "mode: audit\n"
                            + Tenant.signedBy(
                                    images.address(Registry.WITHOUT_REFERRERS_API) + "/shop/**",
                                    images.key(KeyKind.ECDSA_P256)));
            other.created(other.pod("why", shop.unsigned().reference()));

            JsonNode why = Cluster.parse(Objects.requireNonNull(
                    Audit.annotations(session.cluster(), other.namespace(), "why")
                            .get("validate.landwaiter.dev/wouldDeny"),
                    "the annotation wouldDeny"));
            assertThat(why).hasSize(1);
            assertThat(why.at("/0/path").asText()).isEqualTo("spec.containers[0].image");
            assertThat(why.at("/0/policy").asText()).isEqualTo(policy);
            assertThat(why.at("/0/mode").asText()).isEqualTo("audit");
            assertThat(why.at("/0/code").asText()).isEqualTo("SIGNATURE_MISSING");
            assertThat(why.at("/0/message").asText()).startsWith("Could not find a signature of ");
        }
    }

    @Test
    void theAuditLogSaysWhatWasDecided() {
        assumeTrue(session.cluster().ours(), "the audit log of a cluster of ours");
        JsonNode pod = tenant.created(tenant.pod("audited", shop.signed().reference()));
        tenant.create(tenant.pod("audited-unsigned", shop.unsigned().reference()));

        assertThat(Audit.annotations(session.cluster(), tenant.namespace(), "audited"))
                .containsKeys("mutate.landwaiter.dev/decision", "validate.landwaiter.dev/decision")
                .containsEntry("validate.landwaiter.dev/images", Records.text(pod));
        assertThat(Audit.annotations(session.cluster(), tenant.namespace(), "audited-unsigned"))
                .containsEntry("mutate.landwaiter.dev/code", "SIGNATURE_MISSING");
    }
}
