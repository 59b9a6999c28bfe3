package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.KeylessPort;
import dev.landwaiter.app.Port;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that look at one image, and what is made of arguments and settings. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLinesIT {
    private Port port;

    @BeforeAll
    void open(@TempDir Path folder) {
        port = new Port(folder);
    }

    @AfterAll
    void close() {
        port.close();
    }

    @Test
    void verifySaysWhoSignedAnImage() {
        Ran ran = Ran.on(port, "verify", port.signed.text(), "--key", port.file("cosign.pub"));

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .startsWith(port.signed.text() + "@" + port.signed.digest() + "\n  verified  ")
                .endsWith(" (sigstore-bundle)\n");
    }

    @Test
    void verifyWritesTheEvidenceInJson() {
        Ran ran = Ran.on(port, "verify", port.signed.text(), "--policies", port.file("policies"), "-o", "json");

        assertThat(ran.exit()).isZero();
        assertThat(ran.json().at("/verdicts/0/policy").asText()).isEqualTo("signed");
        assertThat(ran.json().at("/verdicts/0/verdict").asText()).isEqualTo("verified");
        assertThat(ran.json().at("/verdicts/0/evidence/0/authority").asText()).isEqualTo("release");
        assertThat(ran.json().at("/verdicts/0/evidence/0/format").asText()).isEqualTo("sigstore-bundle");
        assertThat(ran.json().at("/verdicts/0/evidence/0/signed").asText())
                .isEqualTo(port.signed.digest().toString());
    }

    @Test
    void verifyRefusesAnotherKeyAndWhatIsNotSigned() {
        Ran other = Ran.on(port, "verify", port.signed.text(), "--key", port.file("stranger.pub"));
        Ran none = Ran.on(port, "verify", port.unsigned.text(), "--key", port.file("cosign.pub"), "-o", "yaml");
        Ran either = Ran.on(
                port,
                "verify",
                port.signed.text(),
                "--key",
                port.file("stranger.pub"),
                "--key",
                port.file("cosign.pub"));

        assertThat(other.exit()).isEqualTo(1);
        assertThat(other.out()).contains("  rejected  --key: ").endsWith("(SIGNATURE_INVALID)\n");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.out()).contains("verdict: rejected\n").contains("code: SIGNATURE_MISSING\n");
        assertThat(either.exit()).isZero();
    }

    @Test
    void verifySaysThatAKeysAddressIsNoFile() {
        for (String address : List.of(
                "k8s://shop/cosign",
                "awskms:///alias/release",
                "gcpkms://projects/p/locations/l",
                "hashivault://release")) {
            Ran.on(port, "verify", port.signed.text(), "--key", address)
                    .failed(
                            64,
                            "Could not read key \"%s\": it is a URI, and not a file. Write its public key into a file, for instance by 'cosign public-key --key %s > cosign.pub', and give that file. (SETTING_INVALID)"
                                    .formatted(address, address));
        }
        Ran.on(port, "verify", port.signed.text(), "--key", "https://acme.test/cosign.pub")
                .failed(
                        64,
                        "Could not read key \"https://acme.test/cosign.pub\": it is a URI, and not a file. Download it, and give the file. (SETTING_INVALID)");
    }

    @Test
    void verifyNeedsAKeyThatIsOne() {
        String folder = port.folder.toString();
        String image = port.signed.text();
        Ran.on(port, "verify", image, "--key", folder + "/none.pub")
                .failed(
                        64,
                        "Could not read key \"%s/none.pub\": there is no such file. Give the file that holds the public key in PEM, such as cosign.pub. (FILE_UNREADABLE)"
                                .formatted(folder));
        String secret = port.write("cosign.key", port.registry.certificates().keyPem());
        Ran pasted = Ran.on(port, "verify", image, "--key", secret);
        pasted.failed(
                64,
                "Could not read the public key of --key \"%s\": it is a private key (\"PRIVATE KEY\"), which must stay secret: replace that key, and never put it in a policy. Expected: one PEM block \"-----BEGIN PUBLIC KEY-----\", as cosign.pub holds. (SETTING_INVALID)"
                        .formatted(secret));
        Ran.on(port, "verify", image)
                .failed(
                        64,
                        "Could not understand the command: there is neither --key FILE nor --certificate-identity SUBJECT nor --policies FOLDER nor --kubeconfig FILE.\nSee 'landwaiter verify --help'.");
    }

    @Test
    void verifyTakesTheHashThatAKeyServiceSignsWith() {
        SigningKey service = SigningKey.rsa(2048).with("SHA512withRSA");
        Pushed image = port.registry.images().image("service/api").tag("1").push();
        assertThat(port.registry.signer().signBundle(image, service)).isNotNull();
        String key = port.write("service.pub", service.publicPem());

        assertThat(Ran.on(port, "verify", image.text(), "--key", key, "--signature-digest-algorithm", "sha512")
                        .exit())
                .isZero();
        assertThat(Ran.on(port, "verify", image.text(), "--key", key).out())
                .contains(") with sha512, where the policy takes sha256.");
        Ran.on(port, "verify", image.text(), "--key", key, "--signature-digest-algorithm", "md5")
                .failed(
                        64,
                        "Could not understand the command: --signature-digest-algorithm is \"md5\"; it takes one of sha256, sha384, sha512.\nSee 'landwaiter verify --help'.");
        Ran.on(
                        port,
                        "verify",
                        image.text(),
                        "--signature-digest-algorithm",
                        "sha512",
                        "--policies",
                        port.file("policies"))
                .failed(
                        64,
                        "Could not understand the command: --signature-digest-algorithm says how keys sign, and needs --key.\nSee 'landwaiter verify --help'.");
    }

    @Test
    void verifyOfWhatNoPolicyIsForProvesNothing() {
        String image =
                port.registry.images().image("tools/shell").tag("1").push().text();

        Ran.on(port, "verify", image, "--policies", port.file("policies"))
                .failed(
                        1,
                        "Could not verify \"%s\": none of the policies is for %s. Give --key FILE, or a policy whose images match. (POLICY_NO_MATCH)"
                                .formatted(image, port.registry.host() + "/tools/shell"));
    }

    @Test
    void resolvePrintsTheReferenceToPaste() {
        Ran ran = Ran.on(port, "resolve", port.signed.text());

        assertThat(ran.out()).isEqualTo(port.signed.text() + "@" + port.signed.digest() + "\n");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        assertThat(Ran.on(port, "resolve", port.signed.text(), "-o", "yaml").out())
                .isEqualTo("""
                        reference: %1$s
                        pinned: %1$s@%2$s
                        digest: %2$s
                        mediaType: application/vnd.oci.image.manifest.v1+json
                        """.formatted(port.signed.text(), port.signed.digest()));
    }

    @Test
    void anAddressIsAllowedAsTheRefusalOfItSays() {
        String[] command = {
            "resolve",
            port.signed.text().replace("localhost", "127.0.0.1"),
            "--registry-ca",
            port.registry.host().replace("localhost", "127.0.0.1") + "=" + port.file("ca.pem"),
            "--docker-config",
            port.file("docker")
        };
        Ran refused = Ran.with(Map.of(), command);
        assertThat(refused.err()).contains("allow it with --allow-address 127.0.0.1. (REGISTRY_ADDRESS_REFUSED)");

        Ran allowed = Ran.with(Map.of("LANDWAITER_ALLOW_ADDRESS", "127.0.0.1"), command);

        assertThat(allowed.err()).as("it was asked").endsWith("(REGISTRY_UNAUTHORIZED)\n");
    }

    @Test
    void privateImagesAreReadWithTheCredentialsOfTheDockerConfiguration() {
        Pushed secret = port.registry.images().image("vault/keys").tag("1").push();
        String host = port.registry.host();

        assertThat(Ran.on(port, "resolve", secret.text()).exit()).isZero();
        Ran anonymous = Ran.with(
                Map.of("DOCKER_CONFIG", port.folder.resolve("nothing").toString()),
                "resolve",
                secret.text(),
                "--registry-ca",
                host + "=" + port.file("ca.pem"),
                "--allow-address",
                "127.0.0.0/8",
                "--allow-address",
                "::1/128");
        anonymous.failed(
                1,
                "Could not fetch manifest of %1$s/vault/keys:1: %1$s answered 401 UNAUTHORIZED \"authentication required\" with no credentials (there is no docker configuration (%2$s/nothing/config.json)). If the image is private, name a pull secret with an entry for %1$s/vault/keys. (REGISTRY_UNAUTHORIZED)"
                        .formatted(host, port.folder));
    }

    @Test
    void aDockerConfigurationMayHaveAnyName() {
        Pushed secret = port.registry.images().image("vault/keys").tag("2").push();
        String login = Base64.getEncoder().encodeToString("ci:secret".getBytes(StandardCharsets.UTF_8));
        String file = port.write(
                "podman/auth.json", "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(port.registry.host(), login));
        Ran ran = Ran.with(
                Map.of(),
                "resolve",
                secret.text(),
                "--docker-config",
                file,
                "--registry-ca",
                port.registry.host() + "=" + port.file("ca.pem"),
                "--allow-address",
                "127.0.0.0/8",
                "--allow-address",
                "::1/128");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).isEqualTo("%s@%s\n".formatted(secret.text(), secret.digest()));
    }

    @Test
    void credentialsForPodsAreNotPassedOverInSilence() {
        Ran ran = Ran.on(port, "resolve", port.signed.text(), "--registry-credentials", port.write("pods.yaml", "[]"));

        assertThat(ran.exit()).isZero();
        assertThat(ran.err())
                .isEqualTo(
                        "--registry-credentials is not used: it is for the Pods of a cluster, and no cluster is configured; see --docker-config\n");
    }

    @Test
    void aRegistryThatDoesNotAnswerExitsWithTwo() {
        String gone;
        try (TestRegistry down = TestRegistry.start()) {
            gone = down.host();
        }
        Ran ran = Ran.on(port, "resolve", gone + "/shop/api:1");

        ran.failed(
                2,
                "Could not fetch manifest of %1$s/shop/api:1 from %1$s: the connection was refused. Check that it is up and reachable from here. (REGISTRY_UNREACHABLE)"
                        .formatted(gone));
    }

    @Test
    void aSilentRegistryIsWaitedForNoLongerThanTheTimeout() {
        Pushed silent = port.registry.images().image("slow/api").tag("1").push();
        port.registry.on("/v2/slow/api/manifests/1", request -> {});

        Ran ran = Ran.on(port, "resolve", silent.text(), "--timeout", "300ms");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).endsWith("(DEADLINE_EXCEEDED)\n");
    }

    @Test
    void inspectTellsOfAManifest() {
        Ran ran = Ran.on(port, "inspect", port.signed.text(), "-o", "json");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
        assertThat(ran.json().properties().stream().map(Map.Entry::getKey))
                .containsExactly(
                        "reference",
                        "repository",
                        "digest",
                        "mediaType",
                        "platform",
                        "layers",
                        "layerBytes",
                        "labelsOf",
                        "labels",
                        "referrers",
                        "signaturesNotVerified");
        assertThat(ran.json().path("repository").asText()).isEqualTo(port.registry.host() + "/shop/api");
        assertThat(ran.json().path("platform").asText()).isEqualTo("linux/amd64");
        assertThat(ran.json().at("/labels/org.opencontainers.image.title").asText())
                .isEqualTo("api");
        assertThat(ran.json().at("/referrers/0/artifactType").asText())
                .isEqualTo("application/vnd.dev.sigstore.bundle.v0.3+json");
        assertThat(ran.json().path("signaturesNotVerified").toString())
                .isEqualTo("[{\"where\":\"referrer %s\",\"format\":\"sigstore-bundle\",\"key\":\"%s\"}]"
                        .formatted(
                                ran.json().at("/referrers/0/digest").asText(),
                                PublicKeys.fingerprint(port.key.keys().getPublic())));
    }

    @Test
    void inspectTellsWhoIsSaidToHaveSignedAndThatNobodyVerifiedIt(@TempDir Path folder) {
        try (KeylessPort keyless = new KeylessPort(folder)) {
            Ran ran = Ran.on(keyless.port, "inspect", keyless.reference(keyless.forked, "1"));

            assertThat(ran.err()).isEmpty();
            assertThat(ran.out()
                            .substring(ran.out().indexOf("signaturesNotVerified:"))
                            .replaceAll("[0-9a-f]{64}", "<hex>")
                            .replaceAll("\"?20[0-9-]+T[0-9:.]+Z\"?", "<time>")
                            .replaceAll("index: [0-9]+", "index: <n>"))
                    .isEqualTo("""
                            signaturesNotVerified:
                            - where: referrer sha256:<hex>
                              format: sigstore-bundle
                              subject: https://github.com/stranger/api/.github/workflows/release.yml@refs/heads/main
                              issuer: https://token.actions.githubusercontent.com
                              log:
                              - index: <n>
                                logId: <hex>
                              timestamps:
                              - <time>
                            """);
        }
    }

    @Test
    void inspectTellsOfAnIndex() {
        Pushed amd = port.registry.images().image("shop/multi").push();
        Pushed arm = port.registry
                .images()
                .image("shop/multi")
                .platform("linux", "arm64")
                .label("for", "arm")
                .push();
        Pushed index = port.registry
                .images()
                .index("shop/multi")
                .tag("3")
                .entry(amd, "linux", "amd64")
                .entry(arm, "linux", "arm64")
                .push();

        Ran ran = Ran.on(port, "inspect", index.text(), "--platform", "linux/arm64");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).isEqualTo("""
                        reference: %s
                        repository: %s/shop/multi
                        digest: %s
                        mediaType: application/vnd.oci.image.index.v1+json
                        platforms:
                        - platform: linux/amd64
                          digest: %s
                        - platform: linux/arm64
                          digest: %5$s
                        labelsOf: %5$s
                        labels:
                          for: arm
                        referrers: []
                        signaturesNotVerified: []
                        """.formatted(
                        index.text(), port.registry.host(), index.digest(), amd.digest(), arm.digest()));
    }

    @Test
    void aReferenceThatIsNoneIsAMistakeOfUsage() {
        for (String verb : new String[] {"verify", "resolve", "inspect"}) {
            Ran ran = Ran.on(port, verb, "shop/API");

            assertThat(ran.exit()).isEqualTo(64);
            assertThat(ran.err()).startsWith("Could not ").endsWith("(IMAGE_REFERENCE_INVALID)\n");
        }
    }

    @Test
    void everyMistakeInTheSettingsIsToldAtOnce() {
        Ran.with(
                        Map.of("LANDWAITER_TAG_TTLS", "1s", "LANDWAITER_FAILURE_TTL", "soon"),
                        "resolve",
                        "ghcr.io/acme/api:1",
                        "--tag-ttl",
                        "never",
                        "--registry-ca",
                        "ghcr.io",
                        "--limit",
                        "layers=3")
                .failed(64, """
                        Could not use the settings: 5 mistakes.
                          - --registry-ca "ghcr.io": expected HOST[:PORT]=FILE, for instance registry.example.com:5000=/etc/ca.crt
                          - --tag-ttl "never": expected a duration from 0 to 24h, for instance 500ms, 10s or 2m
                          - --failure-ttl "soon" (from LANDWAITER_FAILURE_TTL): expected a duration from 0 to 1h, for instance 500ms, 10s or 2m
                          - --limit "layers=3": there is no limit 'layers'; did you mean 'subjects', 'policies' or 'problems'? 'landwaiter webhook --help' and docs/settings.md list all of them
                          - LANDWAITER_TAG_TTLS: there is no such setting; did you mean LANDWAITER_TAG_TTL?
                        Fix them; docs/settings.md lists every setting. (SETTING_INVALID)""");
    }

    @Test
    void variablesAreSettingsToo() {
        Ran ran = Ran.with(
                Map.of(
                        "LANDWAITER_REGISTRY_CA",
                        port.registry.host() + "=" + port.file("ca.pem"),
                        "LANDWAITER_ALLOW_ADDRESS",
                        "127.0.0.0/8,::1/128",
                        "DOCKER_CONFIG",
                        port.file("docker")),
                "resolve",
                port.signed.text());

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
    }

    @Test
    void anAuthorityFileThatHoldsNoneIsNamed() {
        String file = port.write("not.pem", "hello");

        Ran ran = Ran.with(Map.of(), "resolve", port.signed.text(), "--registry-ca", port.registry.host() + "=" + file);

        ran.failed(
                64,
                "Could not use --registry-ca \"%s=%s\": the file holds no certificate in PEM. Give the certificates of the authorities that issued the registry's. (SETTING_INVALID)"
                        .formatted(port.registry.host(), file));
    }

    @Test
    void unknownVerbsAndOptionsAreAnsweredWithWhatWasMeant() {
        Ran.with(Map.of(), "plna").failed(64, """
                        Could not understand the command: there is no 'plna'.
                        Did you mean: plan?
                        Commands: webhook, controller, plan, verify, resolve, inspect, policy, doctor, help.
                        See 'landwaiter --help'.""");
        Ran.with(Map.of(), "plan", "-f", "a.yaml", "--polices", "x").failed(64, """
                        Could not understand the command: there is no '--polices'.
                        Did you mean: --policies?
                        See 'landwaiter plan --help'.""");
        Ran.with(Map.of(), "plan")
                .failed(
                        64,
                        "Could not understand the command: Missing required option: '--filename=FILE'.\nSee 'landwaiter plan --help'.");
        Ran.with(Map.of(), "resolve", "a", "-o", "xml")
                .failed(
                        64,
                        "Could not understand the command: Invalid value for option '--output': expected text, json or yaml but was 'xml'.\nSee 'landwaiter resolve --help'.");
        Ran.with(Map.of(), "resolve", "a", "--timeout", "soon")
                .failed(
                        64,
                        "Could not understand the command: Invalid value for option '--timeout': expected a duration such as 10s or 500ms but was 'soon'.\nSee 'landwaiter resolve --help'.");
        Ran.with(Map.of(), "resolve")
                .failed(
                        64,
                        "Could not understand the command: Missing required parameter: 'IMAGE'.\nSee 'landwaiter resolve --help'.");
    }

    @Test
    void withoutAVerbTheModeOfTheEnvironmentRuns() {
        Ran.with(Map.of("LANDWAITER_MODE", "webhook"))
                .failed(
                        64,
                        "Could not start the webhook: --tls-cert is missing. Give --tls-cert FILE and --tls-key FILE (the API server speaks only HTTPS), or try './landwaiter demo' in a clone. (SETTING_INVALID)");
        Ran.with(Map.of(), "--listen", "127.0.0.1:0")
                .failed(
                        64,
                        "Could not start the webhook: --tls-cert is missing. Give --tls-cert FILE and --tls-key FILE (the API server speaks only HTTPS), or try './landwaiter demo' in a clone. (SETTING_INVALID)");
        Ran.with(Map.of("LANDWAITER_MODE", "convert"))
                .failed(
                        64,
                        "Could not start: LANDWAITER_MODE is \"convert\", which is not a command. Set it to one of webhook, controller, plan, verify, resolve, inspect, policy, doctor, or unset it. (SETTING_INVALID)");
        assertThat(Ran.with(Map.of("LANDWAITER_MODE", "convert"), "--version").exit())
                .isZero();
        Ran verb = Ran.with(Map.of("LANDWAITER_MODE", "webhook"), "plan");
        assertThat(verb.err()).contains("--filename=FILE");
    }

    @Test
    void withoutAnythingTheWebhookRuns() {
        Ran.with(Map.of())
                .failed(
                        64,
                        "Could not start the webhook: --tls-cert is missing. Give --tls-cert FILE and --tls-key FILE (the API server speaks only HTTPS), or try './landwaiter demo' in a clone. (SETTING_INVALID)");
    }

    @Test
    void anUnknownModeNamesThoseThereAre() {
        Ran.with(Map.of("LANDWAITER_MODE", "webhook"), "convert")
                .failed(
                        64,
                        "Could not understand the command: there is no 'convert'.\nDid you mean: controller, verify, resolve?\nCommands: webhook, controller, plan, verify, resolve, inspect, policy, doctor, help.\nSee 'landwaiter --help'.");
    }
}
