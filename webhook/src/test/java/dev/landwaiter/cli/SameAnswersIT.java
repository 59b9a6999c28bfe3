package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Port;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code policy test} and {@code verify} say of an image is what the webhook decides on a Pod with it: {@code plan} asks the webhook's own
 * pipeline. {@code ImageTrialGoldenTest} shows the same for all golden cases of the webhook.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameAnswersIT {
    @TempDir
    private static Path folder;

    private Port port;
    private int deadPort;

    @BeforeAll
    void start() throws IOException {
        port = new Port(folder);
        try (ServerSocket taken = new ServerSocket(0)) {
            deadPort = taken.getLocalPort();
        }
    }

    @AfterAll
    void stop() {
        port.close();
    }

    /** What policies there are, by the names that the cases give them. */
    private String policies(String names) {
        List<String> objects = new ArrayList<>();
        for (String name : names.split(" ", -1)) {
            objects.add(
                    switch (name) {
                        case "signed" -> port.policy("signed", "shop/**", "enforce", "");
                        case "warn" -> port.policy("signed", "shop/**", "warn", "");
                        case "audit" -> port.policy("signed", "shop/**", "audit", "");
                        case "prod" ->
                            port.policy(
                                    "signed", "shop/**", "enforce", "namespaceSelector: {matchLabels: {stage: prod}}");
                        case "web" ->
                            port.policy(
                                    "signed",
                                    "shop/**",
                                    "enforce",
                                    "match: [{version: v1, resource: pods, selector: {matchLabels: {app: web}}}]");
                        case "admits" ->
                            port.policy("signed", "**", "enforce", "onUnavailable: admit")
                                    .replace(port.registry.host(), "localhost:" + deadPort);
                        case "dead" ->
                            port.policy("signed", "**", "enforce", "")
                                    .replace(port.registry.host(), "localhost:" + deadPort);
                        case "tenants" -> tenants(name, "{name: never, static: {action: fail, message: never}}");
                        case "tenants-pass" -> tenants(name, "{name: always, static: {action: pass}}");
                        case "exception" -> """
                                apiVersion: landwaiter.dev/v1alpha1
                                kind: ImagePolicyException
                                metadata: {name: until-monday}
                                spec:
                                  policies: [signed]
                                  namespaces: [shop]
                                  images: ["%s/shop/batch"]
                                  expires: "2999-01-01T00:00:00Z"
                                  reason: "the vendor signs from the next release on"
                                """.formatted(port.registry.host());
                        case "namespaces" -> """
                                apiVersion: v1
                                kind: Namespace
                                metadata: {name: shop, labels: {stage: prod}}
                                ---
                                apiVersion: v1
                                kind: Namespace
                                metadata: {name: test, labels: {stage: test}}
                                """;
                        default -> throw new IllegalArgumentException(name);
                    });
        }
        return String.join("\n---\n", objects);
    }

    private String tenants(String name, String authority) {
        return """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ImagePolicy
                metadata: {name: %s, namespace: shop}
                spec:
                  images: [{glob: "%s/**"}]
                  authorities: [%s]
                """.formatted(name, port.registry.host(), authority);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            signed                 | shop | api | signed   | -                     | 0
            signed                 | shop | api | unsigned | -                     | 1
            signed                 | shop | api | missing  | -                     | 1
            warn                   | shop | api | unsigned | -                     | 0
            audit                  | shop | api | unsigned | -                     | 0
            prod namespaces        | shop | api | unsigned | -                     | 1
            prod namespaces        | test | api | unsigned | -                     | 0
            prod namespaces        | none | api | unsigned | -                     | 1
            web                    | shop | api | unsigned | -                     | 0
            web                    | shop | web | unsigned | -                     | 1
            signed tenants         | shop | api | signed   | -                     | 1
            signed tenants         | test | api | signed   | -                     | 0
            tenants-pass           | shop | api | unsigned | --no-match=deny       | 1
            warn                   | shop | api | unsigned | --no-match=deny       | 1
            tenants-pass           | shop | api | missing  | --on-unresolved=deny  | 1
            tenants-pass           | shop | api | missing  | --on-unresolved=admit | 0
            signed exception       | shop | api | unsigned | -                     | 0
            signed exception       | test | api | unsigned | -                     | 1
            dead                   | shop | api | down     | -                     | 2
            admits                 | shop | api | down     | -                     | 0
            """)
    void theWebhookPolicyTestAndVerifySayTheSame(
            String policies, String namespace, String app, String image, String setting, int exit) {
        String reference = reference(image);
        port.write("case/policies.yaml", policies(policies));
        String files = port.file("case");
        List<String> settings = new ArrayList<>();
        if (!setting.equals("-")) {
            settings.addAll(List.of(setting.split("=", -1)));
        }
        String pod = port.write("pod.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, labels: {app: %s}}
                spec: {containers: [{name: c, image: "%s"}]}
                """.formatted(app, reference));

        Ran planned = run("plan", settings, "-f", pod, "--policies", files, "-n", namespace);
        assertThat(planned.exit()).as("the webhook: %s", planned).isEqualTo(exit);
        String label = "app=" + app;
        Ran tested = run("policy test", settings, "-f", files, "--image", reference, "-n", namespace, "-l", label);
        assertThat(tested.exit()).as("policy test: %s", tested).isEqualTo(exit);
        Ran verified = run("verify", settings, reference, "--policies", files, "-n", namespace, "-l", label);
        if (verified.err().contains("(POLICY_NO_MATCH)")) {
            // the webhook lets in what no policy is for; to have verified it would be a lie
            assertThat(verified.exit()).isEqualTo(ExitCode.REFUSED);
            assertThat(exit).isEqualTo(ExitCode.FINE);
        } else {
            assertThat(verified.exit()).as("verify: %s", verified).isEqualTo(exit);
        }
    }

    private String reference(String image) {
        return switch (image) {
            case "signed" -> port.signed.text();
            case "unsigned" -> port.unsigned.text();
            case "missing" -> port.registry.host() + "/shop/none:1";
            default -> "localhost:" + deadPort + "/shop/api:1";
        };
    }

    private Ran run(String verb, List<String> settings, String... args) {
        List<String> all = new ArrayList<>(List.of(verb.split(" ", -1)));
        all.addAll(List.of(args));
        all.addAll(settings);
        return Ran.on(port, all.toArray(String[]::new));
    }
}
