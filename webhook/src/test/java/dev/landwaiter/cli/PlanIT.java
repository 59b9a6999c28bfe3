package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.app.Port;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.testregistry.TestRegistry;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan}: what becomes of the Pods of a file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanIT {
    private Port port;

    @BeforeAll
    void open(@TempDir Path folder) {
        port = new Port(folder);
    }

    @AfterAll
    void close() {
        port.close();
    }

    private static String pod(String name, String image) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                spec:
                  containers:
                    - name: main
                      image: %s
                """.formatted(name, image);
    }

    /** Which depends on the registry's port. */
    private static String planDigest(String out) {
        Matcher digest = Pattern.compile("landwaiter\\.dev/plan: (sha256:[0-9a-f]{64})\n")
                .matcher(out);
        assertThat(digest.find()).isTrue();
        return digest.group(1);
    }

    private static String template(String image) {
        return """
                template:
                  metadata:
                    labels: {app: api}
                  spec:
                    containers:
                      - name: main
                        image: %s
                """.formatted(image);
    }

    private Ran plan(String name, String content, String... more) {
        String file = port.write(name, content);
        String[] args = new String[more.length + 5];
        args[0] = "plan";
        args[1] = "-f";
        args[2] = file;
        args[3] = "--policies";
        args[4] = port.file("policies");
        System.arraycopy(more, 0, args, 5, more.length);
        return Ran.on(port, args);
    }

    @Test
    void aSignedPodIsShownWithItsPinAsADiff() {
        Ran ran = plan("pod.yaml", pod("api", port.signed.text()));

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).isEqualTo("""
                        Pod default/api: allowed
                          verified     spec.containers[0].image  %1$s  (signed)

                        --- Pod default/api
                        +++ Pod default/api (as admitted)
                        @@ -3,6 +3,9 @@
                         metadata:
                           name: api
                        +  annotations:
                        +    catalog.landwaiter.dev/images: "{\\"containers/main\\":{\\"image\\":\\"%2$s\\",\\"tag\\":\\"1.4\\",\\"digest\\":\\"%3$s\\",\\"platform\\":\\"linux/amd64\\",\\"outcome\\":\\"verified\\",\\"policies\\":[\\"signed\\"],\\"signers\\":[\\"key %4$s\\"]}}"
                        +    landwaiter.dev/plan: %5$s
                         spec:
                           containers:
                           - name: main
                        -    image: %1$s
                        +    image: %1$s@%3$s

                        """.formatted(
                        port.signed.text(),
                        port.registry.host() + "/shop/api",
                        port.signed.digest(),
                        PublicKeys.fingerprint(port.key.keys().getPublic()),
                        planDigest(ran.out())));
    }

    @Test
    void yamlIsThePodAsItWouldBeAdmitted() {
        Ran ran = plan("pod.yaml", pod("api", port.signed.text()), "-o", "yaml");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .startsWith("apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\n")
                .contains("    image: " + port.signed.text() + "@" + port.signed.digest() + "\n")
                .doesNotContain("---");
    }

    @Test
    void jsonHoldsDecisionImagesAndTheAdmittedPod() {
        Ran ran = plan("pod.yaml", pod("api", port.signed.text()), "-o", "json", "-n", "shop");

        JsonNode one = ran.json().path(0);
        String pinned = port.signed.text() + "@" + port.signed.digest();
        assertThat(ran.exit()).isZero();
        assertThat(ran.json()).hasSize(1);
        assertThat(one.path("object").asText()).isEqualTo("Pod shop/api");
        assertThat(one.path("decision").asText()).isEqualTo("allowed");
        assertThat(one.path("images").path(0)).hasToString("""
                {"path":"spec.containers[0].image","reference":"%s","pinned":"%s","outcome":"verified","policies":["signed"]}""".formatted(port.signed.text(), pinned));
        assertThat(one.path("problems")).isEmpty();
        assertThat(one.at("/admitted/spec/containers/0/image").asText()).isEqualTo(pinned);
    }

    @Test
    void whatIsDeniedExitsWithOneAndSaysWhy() {
        Ran ran = plan("pod.yaml", pod("batch", port.unsigned.text()));

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out())
                .startsWith("Pod default/batch: denied (403)\n  rejected     spec.containers[0].image  ")
                .contains(
                        "✗ Could not admit spec.containers[0].image \"%s\" under ClusterImagePolicy \"signed\": Could not find a signature of "
                                .formatted(port.unsigned.text()))
                .endsWith("(SIGNATURE_MISSING)\n\n");
    }

    @Test
    void whatIsDeniedIsTheObjectAsWrittenInYamlAndTheReasonOnStderr() {
        Ran ran = plan("pod.yaml", pod("batch", port.unsigned.text()), "-o", "yaml");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains("image: " + port.unsigned.text() + "\n").doesNotContain("sha256:");
        assertThat(ran.err())
                .startsWith("Pod default/batch: Could not admit spec.containers[0].image ")
                .endsWith("(SIGNATURE_MISSING)\n");
    }

    @Test
    void everyKindOfTemplateIsPlannedAsThePodThatWouldComeOfIt() {
        String image = port.signed.text();
        String job = template(image).indent(2);
        Ran ran = plan(
                "all.yaml",
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: passed-over}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: api, namespace: shop}
                spec:
                %s---
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: nightly}
                spec:
                  jobTemplate:
                    spec:
                %s---
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: apps/v1
                    kind: StatefulSet
                    metadata: {name: db}
                    spec:
                %s  - apiVersion: v1
                    kind: Pod
                    metadata: {name: last}
                    spec: {containers: [{name: a, image: "%s"}]}
                """.formatted(job, template(image).indent(6), template(image).indent(6), image),
                "-o",
                "json");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        assertThat(ran.json().findValuesAsText("object"))
                .containsExactly(
                        "Pod of Deployment shop/api",
                        "Pod of CronJob default/nightly",
                        "Pod of StatefulSet default/db",
                        "Pod default/last");
        for (JsonNode one : ran.json()) {
            assertThat(one.at("/admitted/kind").asText()).isEqualTo("Pod");
            assertThat(one.at("/admitted/spec/containers/0/image").asText())
                    .isEqualTo(image + "@" + port.signed.digest());
        }
        assertThat(ran.json().at("/0/admitted/metadata/generateName").asText()).isEqualTo("api-");
        assertThat(ran.json().at("/0/admitted/metadata/labels/app").asText()).isEqualTo("api");
    }

    @Test
    void severalPodsGiveSeveralYamlDocumentsAndTheWorstExitCode() {
        Ran ran = plan(
                "two.yaml",
                pod("api", port.signed.text()) + "---\n" + pod("batch", port.unsigned.text()),
                "-o",
                "yaml");

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out().split("(?m)^---\n")).hasSize(2);
    }

    @Test
    void anImageThatNoPolicyMatchesFollowsTheSetting() {
        String unmatched =
                port.registry.images().image("tools/shell").tag("1").push().text();

        assertThat(plan("pod.yaml", pod("shell", unmatched)).exit()).isZero();
        assertThat(plan("pod.yaml", pod("shell", unmatched), "--no-match", "deny"))
                .satisfies(ran -> assertThat(ran.exit()).isEqualTo(1))
                .satisfies(ran -> assertThat(ran.out()).contains("(POLICY_NO_MATCH)"));
    }

    @Test
    void aRegistryThatIsDownIsNotARefusal() {
        String gone;
        try (TestRegistry down = TestRegistry.start()) {
            gone = down.host();
        }
        String file = port.write("pod.yaml", pod("api", gone + "/shop/api:1"));
        port.write(
                "down/policy.yaml",
                port.policy("signed", "shop/**", "enforce", "").replace(port.registry.host(), gone));

        Ran ran = Ran.on(port, "plan", "-f", file, "--policies", port.file("down"));

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out())
                .startsWith("Pod default/api: denied (503)\n")
                .contains("from %s: the connection was refused. Check that it is up and reachable from here."
                        .formatted(gone))
                .contains("(REGISTRY_UNREACHABLE)");
    }

    @Test
    void whatCannotBeReadIsAMistakeOfUsage() {
        String folder = port.folder.toString();
        Ran.on(port, "plan", "-f", folder + "/none.yaml")
                .failed(
                        64,
                        "Could not read \"%s/none.yaml\": there is no such file. Give a file of Kubernetes objects in YAML or JSON. (FILE_UNREADABLE)"
                                .formatted(folder));
        Ran.on(port, "plan", "-f", folder)
                .failed(
                        64,
                        "Could not read \"%s\": it is a folder. Give a file of Kubernetes objects in YAML or JSON. (FILE_UNREADABLE)"
                                .formatted(folder));
        plan("bad.yaml", "kind: Pod\nspec: [\n")
                .failed(
                        64,
                        "Could not read \"%s/bad.yaml\": it is not well-formed at line 2, column 8 (expected the node content, but found '<stream end>'). Give a file of Kubernetes objects in YAML or JSON. (FILE_UNREADABLE)"
                                .formatted(folder));
        plan("twice.yaml", "kind: Pod\nkind: Job\n")
                .failed(
                        64,
                        "Could not read \"%s/twice.yaml\": it is not well-formed at line 2, column 1 (the key \"kind\" stands twice in one mapping, first at line 1, column 1: remove one). Give a file of Kubernetes objects in YAML or JSON. (FILE_UNREADABLE)"
                                .formatted(folder));
        plan("none.yaml", "kind: ConfigMap\n---\nkind: Secret\n")
                .failed(
                        64,
                        "Could not plan \"%s/none.yaml\": it holds no Pod and no Pod template (only ConfigMap, Secret). Give a file with one. (FILE_UNREADABLE)"
                                .formatted(folder));
        plan("empty.yaml", "")
                .failed(
                        64,
                        "Could not plan \"%s/empty.yaml\": it holds no Pod and no Pod template. Give a file with one. (FILE_UNREADABLE)"
                                .formatted(folder));
        plan("odd.yaml", "kind: Pod\nspec: {containers: 5}\n")
                .failed(
                        64,
                        "Could not read spec.containers of the object: it is not a list. Check what sent it. (REVIEW_MALFORMED)");
    }

    @Test
    void brokenPoliciesAreAMistakeOfUsage() {
        String file = port.write("pod.yaml", pod("api", port.signed.text()));
        String policies = port.folder.resolve("broken").toString();
        port.write("broken/a.yaml", "kind: Pod\n");

        Ran.on(port, "plan", "-f", file, "--policies", policies).failed(64, """
                        Could not load policies of folder "%1$s":
                          - %1$s/a.yaml, document 1: kind "Pod" is not one of ClusterImagePolicy, ImagePolicy, ImagePolicyException, TrustRoot, Secret, ConfigMap, Namespace
                        Fix them; nothing of the folder was taken. (POLICY_BROKEN)""".formatted(policies));
    }
}
