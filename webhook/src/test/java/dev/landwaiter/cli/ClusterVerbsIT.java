package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Port;
import dev.landwaiter.kubernetes.ReadableCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code plan}, {@code policy test} and {@code verify} with {@code --kubeconfig}: a person looks at a cluster's own policies. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterVerbsIT {
    @TempDir
    private static Path folder;

    private Port port;
    private ReadableCluster cluster;

    @BeforeAll
    void start() {
        port = new Port(folder);
        cluster = new ReadableCluster();
        cluster.namespace("shop", Map.of("stage", "prod"));
        cluster.namespace("test", Map.of("stage", "test"));
        cluster.secret("landwaiter", "release-key", Map.of("cosign.pub", port.key.publicPem()));
        cluster.clusterImagePolicy(
                "signed",
                Map.of(
                        "images",
                        List.of(Map.of("glob", port.registry.host() + "/shop/**")),
                        "namespaceSelector",
                        Map.of("matchLabels", Map.of("stage", "prod")),
                        "authorities",
                        List.of(Map.of("name", "release", "key", Map.of("secretRef", Map.of("name", "release-key"))))));
        cluster.imagePolicy(
                "test",
                "nothing",
                Map.of(
                        "images",
                        List.of(Map.of("glob", "**")),
                        "authorities",
                        List.of(Map.of("name", "never", "static", Map.of("action", "fail", "message", "not here")))));
        cluster.exception(
                "batch",
                Map.of(
                        "policies",
                        List.of("signed"),
                        "images",
                        List.of(port.registry.host() + "/shop/old"),
                        "namespaces",
                        List.of("shop"),
                        "expires",
                        "2999-01-01T00:00:00Z",
                        "reason",
                        "it goes next week"));
    }

    @AfterAll
    void stop() {
        cluster.close();
        port.close();
    }

    private Ran run(String verb, String... args) {
        List<String> all = new ArrayList<>(List.of(verb.split(" ", -1)));
        all.addAll(List.of("--kubeconfig", cluster.kubeconfig(folder)));
        all.addAll(List.of(args));
        return Ran.on(port, all.toArray(String[]::new));
    }

    private Ran test(String image, String namespace) {
        return run("policy test", "--image", image, "-n", namespace);
    }

    @Test
    void thePoliciesOfTheClusterDecide() {
        cluster.allowAll();
        Ran signed = test(port.signed.text(), "shop");
        Ran unsigned = test(port.unsigned.text(), "shop");

        assertThat(signed.err()).isEmpty();
        assertThat(signed.exit()).as("%s", signed).isEqualTo(ExitCode.FINE);
        assertThat(signed.out()).contains("signed  release    verified");
        assertThat(unsigned.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(unsigned.out()).contains("SIGNATURE_MISSING");
    }

    @Test
    void itsNamespacesAndTheirOwnPoliciesCount() {
        cluster.allowAll();
        Ran ran = test(port.unsigned.text(), "test");

        assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out())
                .contains("test/nothing  never")
                .contains("not here")
                .doesNotContain("SIGNATURE_MISSING");
    }

    @Test
    void itsExceptionsCount() {
        cluster.allowAll();
        String old = port.registry.images().image("shop/old").tag("1").push().text();
        Ran ran = run("verify", old, "-n", "shop");

        assertThat(ran.exit()).as("%s", ran).isEqualTo(ExitCode.FINE);
        assertThat(ran.out()).contains("[admitted all the same by ").contains("batch");
    }

    @Test
    void aPodIsPlannedAsTheClustersWebhookWould() {
        cluster.allowAll();
        String pod = port.write("pod.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: shop}
                spec: {containers: [{name: c, image: "%s"}]}
                """.formatted(port.unsigned.text()));
        Ran ran = run("plan", "-f", pod);

        assertThat(ran.exit()).as("%s", ran).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out()).contains("SIGNATURE_MISSING");
    }

    @Test
    void policiesOfAFolderCountBesides() {
        cluster.allowAll();
        String files = port.write(
                "more/deny.yaml",
                port.policy("more", "shop/**", "enforce", "")
                        .replace("release", "another")
                        .replaceAll("(?s)key:.*", "static: {action: fail, message: not yet}\n"));
        Ran ran = run("policy test", "-f", files, "--image", port.signed.text(), "-n", "shop");

        assertThat(ran.exit()).as("%s", ran).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out())
                .contains("signed  release")
                .contains("more    another")
                .contains("not yet");
    }

    @Test
    void nothingIsWrittenAndNoSecretIsReadThatNoPolicyNames() {
        cluster.allowAll();
        Ran ran = test(port.signed.text(), "shop");

        assertThat(ran.exit()).isEqualTo(ExitCode.FINE);
        assertThat(cluster.asked()).isNotEmpty().allMatch(request -> request.startsWith("GET "));
        assertThat(cluster.asked())
                .filteredOn(request -> request.contains("/secrets"))
                .isNotEmpty()
                .allMatch(request ->
                        request.contains("/namespaces/landwaiter/secrets") && request.contains("release-key"));
    }

    @Test
    void rightsThatAreMissingAreToldAtOnce() {
        cluster.allowAll();
        cluster.refuse(403, "trustroots", "imagepolicyexceptions");

        test(port.signed.text(), "shop")
                .failed(
                        ExitCode.COULD_NOT_CHECK,
                        "Could not read trustroots.landwaiter.dev, imagepolicyexceptions.landwaiter.dev of the cluster at %s: the API server answered 403 Forbidden. Ask an admin of the cluster for the right to get, list and watch them; docs/cli.md has a ClusterRole for it, and 'kubectl auth can-i list trustroots.landwaiter.dev -A' says whether you have it. (CLUSTER_UNAVAILABLE)"
                                .formatted(cluster.address()));
    }

    @Test
    void credentialsThatAreNotGoodAreTold() {
        cluster.allowAll();
        cluster.refuse(401, "trustroots");

        test(port.signed.text(), "shop")
                .failed(
                        ExitCode.COULD_NOT_CHECK,
                        "Could not read trustroots.landwaiter.dev of the cluster at %s: the API server answered 401 Unauthorized. Check that the credentials of the kubeconfig are still good, for instance by kubectl auth whoami. (CLUSTER_UNAVAILABLE)"
                                .formatted(cluster.address()));
    }

    @Test
    void aClusterWithoutOurKindsIsTold() {
        cluster.allowAll();
        cluster.refuse(404, "trustroots");

        test(port.signed.text(), "shop")
                .failed(
                        ExitCode.COULD_NOT_CHECK,
                        "Could not read trustroots.landwaiter.dev of the cluster at %s: the API server has no such kind. Install Landwaiter's CRDs there, or name another cluster. (CLUSTER_UNAVAILABLE)"
                                .formatted(cluster.address()));
    }

    @Test
    void aNamespaceThatMayNotBeReadIsCouldNotCheck() {
        cluster.allowAll();
        cluster.refuse(403, "namespaces/shop");
        Ran ran = test(port.signed.text(), "shop");

        assertThat(ran.exit()).as("%s", ran).isEqualTo(ExitCode.COULD_NOT_CHECK);
        assertThat(ran.out())
                .containsIgnoringWhitespaces(
                        "Could not read labels of namespace \"shop\": the API server answered 403 Forbidden. Ask an admin of the cluster for the right to get namespaces; docs/cli.md has a ClusterRole for it. (NAMESPACE_UNAVAILABLE)");
    }

    @Test
    void aKeyThatMayNotBeReadIsTold() {
        cluster.allowAll();
        cluster.refuse(403, "namespaces/landwaiter/secrets");
        Ran ran = test(port.signed.text(), "shop");

        assertThat(ran.exit()).as("%s", ran).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out())
                .containsIgnoringWhitespaces("landwaiter/release-key")
                .containsIgnoringWhitespaces("the API server answered 403, because the right to read it is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy test --image x", "verify x", "plan -f -"})
    void aKubeconfigThatIsNoneIsAMistakeOfUsage(String command) {
        List<String> args = new ArrayList<>(List.of(command.split(" ", -1)));
        args.addAll(List.of("--kubeconfig", folder.resolve("none").toString()));
        Ran ran = Ran.with(Map.of(), args.toArray(String[]::new));

        assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("--kubeconfig");
    }
}
