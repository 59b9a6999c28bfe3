package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of Pods, and of those that make Pods, in a namespace whose images of {@code shop/} need a signature. */
@OnRealCluster
class AdmissionIT {
    private final Session session;
    private final Images images;
    private final PushedImage signed;
    private final PushedImage unsigned;
    private Tenant tenant;

    AdmissionIT(Session session) {
        this.session = session;
        this.images = session.images();
        this.signed = images.pushSigned("shop/api:1");
        this.unsigned = images.pushUnsigned("shop/unsigned:1");
        this.tenant = session.tenant("admission");
    }

    @BeforeEach
    void requireSignatures() {
        tenant.requireSignature(
                images.address(Registry.WITHOUT_REFERRERS_API) + "/shop/**", images.key(KeyKind.ECDSA_P256));
    }

    @AfterEach
    void leave() {
        tenant.close();
    }

    private static String image(JsonNode pod) {
        return pod.at("/spec/containers/0/image").asText();
    }

    @Test
    void aPodIsPinnedAndRecorded() {
        JsonNode pod = tenant.created(tenant.pod("one", signed.reference()));

        assertThat(image(pod)).isEqualTo(signed.pinned());
        JsonNode record = Records.ofOnlyImage(pod);
        assertThat(record.toString()).contains(signed.digest(), tenant.namespace() + "-signed");
    }

    @Test
    void theSamePodAppliedAgainStaysAsItIs() {
        String yaml = tenant.pod("again", signed.reference());
        tenant.kubectl("apply", "-f", "-").reading(yaml).output();
        JsonNode before = tenant.json("get", "pod", "again");
        tenant.kubectl("apply", "-f", "-").reading(yaml).output();
        assertThat(tenant.json("get", "pod", "again")).isEqualTo(before);
    }

    @Test
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
                %s""".formatted(Tenant.podSpec(signed.reference()).indent(6)))
                .output();

        for (JsonNode pod : tenant.pods("app=api", 2)) {
            assertThat(image(pod)).isEqualTo(signed.pinned());
            assertThat(Records.ofOnlyImage(pod).toString()).contains(signed.digest());
        }
        assertThat(tenant.json("get", "deployment", "api")
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(signed.reference());
        assertThat(tenant.json("get", "replicasets")
                        .at("/items/0/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(signed.reference());
    }

    @Test
    void thePodOfAJobIsPinnedAndItsTemplateStaysAsWritten() {
        tenant.kubectl("create", "-f", "-").reading(job("import", signed)).output();

        JsonNode pod = tenant.pods("job-name=import", 1).getFirst();
        assertThat(image(pod)).isEqualTo(signed.pinned());
        assertThat(Records.ofOnlyImage(pod).toString()).contains(signed.digest());
        assertThat(tenant.json("get", "job", "import")
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo(signed.reference());
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
        Command.Result result = tenant.create(tenant.pod("unsigned", unsigned.reference()));

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("Error from server (Forbidden): error when creating \"STDIN\": "
                        + "admission webhook \"mutate.landwaiter.dev\" denied the request: ")
                .contains(
                        "SIGNATURE_MISSING",
                        "spec.containers[0].image",
                        unsigned.reference(),
                        tenant.namespace() + "-signed");
        assertThat(tenant.kubectl("get", "pod", "unsigned").run().err()).contains("NotFound");
    }

    @Test
    void whoLooksAtADeploymentReadsWhyItHasNoPods() {
        tenant.kubectl("create", "deployment", "refused", "--image=" + unsigned.reference())
                .output();

        JsonNode condition = Await.until(
                "condition ReplicaFailure",
                () -> tenant.json("get", "deployment", "refused").at("/status/conditions"),
                conditions -> conditions.toString().contains("ReplicaFailure"));
        assertThat(condition.toString()).contains("SIGNATURE_MISSING", unsigned.reference());
    }

    @Test
    @Tag("attack-23")
    @DisplayName("Attack 23: an unsigned init container does not come in beside a signed container")
    void initContainers() {
        assertThat(image(tenant.created(withInitContainer("init", signed)), "initContainers"))
                .isEqualTo(signed.pinned());

        Command.Result denied = tenant.create(withInitContainer("init-unsigned", unsigned));
        assertThat(denied.err()).contains("SIGNATURE_MISSING", "spec.initContainers[0].image", unsigned.reference());
    }

    private String withInitContainer(String name, PushedImage init) {
        return tenant.pod(name, signed.reference())
                + """
                  initContainers:
                    - name: first
                      image: %s
                """.formatted(init.reference()).indent(0);
    }

    private static String image(JsonNode pod, String list) {
        return pod.at("/spec/" + list + "/0/image").asText();
    }

    @Test
    @Tag("attack-25")
    @DisplayName("Attack 25: an unsigned image does not come in as a volume")
    void imageVolumes() {
        JsonNode volume = tenant.created(withImageVolume("volume", signed)).at("/spec/volumes/0");
        assertThat(volume.at("/image/reference").asText()).isEqualTo(signed.pinned());

        Command.Result denied = tenant.create(withImageVolume("volume-unsigned", unsigned));
        assertThat(denied.err()).contains("SIGNATURE_MISSING", "spec.volumes[0].image.reference", unsigned.reference());
    }

    private String withImageVolume(String name, PushedImage volume) {
        return tenant.pod(name, signed.reference())
                + """
                  volumes:
                    - name: data
                      image: {reference: "%s"}
                """.formatted(volume.reference()).indent(0);
    }

    @Test
    @Tag("attack-24")
    @DisplayName("Attack 24: an unsigned image does not come in as an ephemeral container")
    void ephemeralContainers() {
        tenant.created(tenant.pod("debugged", signed.reference()));
        PushedImage tool = images.pushSigned("shop/tool:1");

        tenant.kubectl("debug", "debugged", "-c", "tool", "--image=" + tool.reference(), "--", "sh")
                .output();
        JsonNode pod = tenant.json("get", "pod", "debugged");
        assertThat(image(pod, "ephemeralContainers")).isEqualTo(tool.pinned());
        assertThat(image(pod)).isEqualTo(signed.pinned());

        Command.Result denied = tenant.kubectl(
                        "debug", "debugged", "-c", "bad", "--image=" + unsigned.reference(), "--", "sh")
                .run();
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err())
                .contains("SIGNATURE_MISSING", "spec.ephemeralContainers[1].image", unsigned.reference());
    }

    @Test
    void aChangedImageOfARunningPodIsCheckedAndPinned() {
        tenant.created(tenant.pod("changed", signed.reference()));
        PushedImage second = images.pushSigned("shop/api:2");

        tenant.kubectl("set", "image", "pod/changed", "main=" + second.reference())
                .output();
        JsonNode pod = tenant.json("get", "pod", "changed");
        assertThat(image(pod)).isEqualTo(second.pinned());
        assertThat(Records.ofOnlyImage(pod).toString()).contains(second.digest());

        Command.Result denied = tenant.kubectl("set", "image", "pod/changed", "main=" + unsigned.reference())
                .run();
        assertThat(denied.err()).contains("SIGNATURE_MISSING", unsigned.reference());
        assertThat(image(tenant.json("get", "pod", "changed"))).isEqualTo(second.pinned());
    }

    @Test
    void withoutTheLabelOfTheNamespaceNothingIsTouched() {
        try (Tenant other = session.tenantWithoutOptIn("without")) {
            other.requireSignature(
                    images.address(Registry.WITHOUT_REFERRERS_API) + "/shop/**", images.key(KeyKind.ECDSA_P256));
            JsonNode pod = other.created(other.pod("free", unsigned.reference()));
            assertThat(image(pod)).isEqualTo(unsigned.reference());
            assertThat(Records.exist(pod)).isFalse();
        }
    }

    @Test
    void kubeSystemAndOurOwnNamespaceAreLeftOutWhateverTheirLabelsSay() {
        for (String namespace : List.of("kube-system", "landwaiter")) {
            Cluster cluster = session.cluster();
            cluster.kubectl("label", "--overwrite", "namespace", namespace, "landwaiter.dev/admission=enabled")
                    .output();
            try {
                Command.Result result = cluster.kubectl(
                                "-n", namespace, "create", "--dry-run=server", "-o", "json", "-f", "-")
                        .reading(tenant.pod("untouched", "probe.e2e.test/image:1"))
                        .run();
                assertThat(result.exit()).as(result.err()).isZero();
                assertThat(image(Cluster.parse(result.out()))).isEqualTo("probe.e2e.test/image:1");
                assertThat(Records.exist(Cluster.parse(result.out()))).isFalse();
            } finally {
                cluster.kubectl("label", "namespace", namespace, "landwaiter.dev/admission-")
                        .output();
            }
        }
    }

    @Test
    void aPodOlderThanTheOptInGetsALabelAndDoesNotRestart() {
        try (Tenant other = session.tenantWithoutOptIn("older")) {
            other.requireSignature(
                    images.address(Registry.WITHOUT_REFERRERS_API) + "/shop/**", images.key(KeyKind.ECDSA_P256));
            JsonNode before = other.created(other.pod("older", unsigned.reference()));
            session.cluster()
                    .kubectl("label", "--overwrite", "namespace", other.namespace(), "landwaiter.dev/admission=enabled")
                    .output();
            Await.until(
                    "the opt-in is in force",
                    () -> other.create(other.pod("new", unsigned.reference()), "--dry-run=server"),
                    result -> result.err().contains("SIGNATURE_MISSING"));

            other.kubectl("label", "pod", "older", "team=shop").output();

            JsonNode after = other.json("get", "pod", "older");
            assertThat(after.at("/metadata/labels/team").asText()).isEqualTo("shop");
            assertThat(after.at("/metadata/uid")).isEqualTo(before.at("/metadata/uid"));
            assertThat(after.at("/metadata/generation")).isEqualTo(before.at("/metadata/generation"));
            assertThat(after.at("/spec")).isEqualTo(before.at("/spec"));
            assertThat(Records.exist(after)).isFalse();
        }
    }

    @Test
    @Tag("attack-14")
    @DisplayName("Attack 14: a Pod that opted out by its label comes in by digest alone")
    void anOptedOutPodByTagIsRefusedWithTheReferenceToPaste() {
        String byTag = optedOut("by-tag", signed.reference());
        Command.Result denied = tenant.create(byTag);
        assertThat(denied.exit()).isEqualTo(1);
        assertThat(denied.err())
                .contains("admission webhook \"validate.landwaiter.dev\" denied the request: ")
                .contains("IMAGE_NOT_PINNED", signed.pinned());

        JsonNode pod = tenant.created(optedOut("by-digest", signed.pinned()));
        assertThat(image(pod)).isEqualTo(signed.pinned());
        assertThat(Records.exist(pod)).isFalse();
    }

    private String optedOut(String name, String image) {
        return tenant.pod(name, image)
                .replace("name: " + name, "name: %s%n  labels: {landwaiter.dev/admission: disabled}".formatted(name));
    }

    @Test
    @Tag("attack-31")
    @DisplayName("Attack 31: a record that a client wrote is not believed")
    void forgedRecords() {
        String forged = "{\"spec.containers[0].image\": {\"outcome\": \"verified\"}}";
        String yaml = tenant.pod("forged", unsigned.reference())
                .replace(
                        "name: forged",
                        "name: forged%n  annotations: {catalog.landwaiter.dev/images: '%s'}".formatted(forged));
        assertThat(tenant.create(yaml).err()).contains("SIGNATURE_MISSING");

        JsonNode pod = tenant.created(yaml.replace(unsigned.reference(), signed.reference()));
        assertThat(Records.ofOnlyImage(pod).toString()).contains(signed.digest());
        assertThat(Records.text(pod)).isNotEqualTo(forged);
    }

    @Test
    void aDryRunAnswersAsTheRealThingAndLeavesNothing() {
        String before = everythingIn(tenant);

        Command.Result result = tenant.create(tenant.pod("dry", signed.reference()), "--dry-run=server", "-o", "json");

        assertThat(image(Cluster.parse(result.out()))).isEqualTo(signed.pinned());
        assertThat(tenant.create(tenant.pod("dry", unsigned.reference()), "--dry-run=server")
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
        assertThat(image(pod)).isEqualTo(other.pinned());
        assertThat(Records.ofOnlyImage(pod).toString()).contains("unchecked");
    }

    @Test
    void anImageOfNoPolicyThatCannotBeResolvedIsAdmittedWithAWarning() {
        String missing = images.address(Registry.WITHOUT_REFERRERS_API) + "/elsewhere/missing:1";
        Command.Result result = tenant.create(tenant.pod("missing", missing), "-o", "json");
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).contains("Warning: ", "IMAGE_NOT_FOUND", "spec.containers[0].image");
        assertThat(image(Cluster.parse(result.out()))).isEqualTo(missing);
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
                Command.Result result = other.create(other.pod("unsigned", unsigned.reference()));
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
    void theAuditLogSaysWhatWasDecided() {
        org.junit.jupiter.api.Assumptions.assumeTrue(session.cluster().ours(), "the audit log of a cluster of ours");
        tenant.created(tenant.pod("audited", signed.reference()));
        tenant.create(tenant.pod("audited-unsigned", unsigned.reference()));

        assertThat(Audit.annotations(session.cluster(), tenant.namespace(), "audited"))
                .containsKeys("mutate.landwaiter.dev/decision", "validate.landwaiter.dev/decision")
                .hasEntrySatisfying(
                        "validate.landwaiter.dev/images",
                        images -> assertThat(images).contains(signed.digest()));
        assertThat(Audit.annotations(session.cluster(), tenant.namespace(), "audited-unsigned"))
                .containsEntry("mutate.landwaiter.dev/code", "SIGNATURE_MISSING");
    }
}
