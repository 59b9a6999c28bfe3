package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.KeylessPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyTestIT {
    @TempDir
    private static Path folder;

    private KeylessPort keyless;
    private String released;
    private String forked;
    /** Of which no policy says anything. */
    private String other;
    /** Nor of this one, which is not there. */
    private String missing;

    @BeforeAll
    void start() {
        keyless = new KeylessPort(folder);
        released = keyless.reference(keyless.released, "1");
        forked = keyless.reference(keyless.forked, "1");
        missing = keyless.port.registry.host() + "/other/none:1";
        other = keyless.reference(
                keyless.port.registry.images().image("other/api").tag("1").push(), "1");
    }

    @AfterAll
    void stop() {
        keyless.close();
    }

    private Ran test(String policies, String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"policy", "test", "-f", keyless.port.file(policies)}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return Ran.on(keyless.port, args);
    }

    @Test
    void aTableSaysWhoSignedAndWhyAnImageFails() {
        Ran ran = test("keyless", "--image", released, "--image", forked);

        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out())
                .contains(released + "@" + keyless.released.digest())
                .contains("POLICY    AUTHORITY  VERDICT   REASON")
                .contains("workflow  release    verified  by " + KeylessPort.WORKFLOW)
                .contains("workflow  release    rejected  ")
                .contains("https://github.com/stranger/api/.github/workflows/release.yml@refs/heads/main");
        assertThat(ran.out().lines().filter(line -> line.startsWith("  admitted") || line.startsWith("  refused")))
                .containsExactly("  admitted", "  refused");
    }

    @Test
    void whatWasRecordedIsJudgedAlikeWithoutTheRegistry() throws IOException {
        String evidence = keyless.port.file("evidence.json");
        Ran online = test("keyless", "--image", released, "--image", forked, "--record", evidence);
        Ran offline = Ran.with(Map.of(), "policy", "test", "-f", keyless.port.file("keyless"), "--evidence", evidence);

        assertThat(offline).isEqualTo(online);
        assertThat(Files.readString(Path.of(evidence))).doesNotContain("Authorization", "ci:secret");
    }

    @Test
    void theSameAnswersAreRecordedInTheSameBytes() throws IOException {
        String one = keyless.port.file("one.json");
        String other = keyless.port.file("other.json");
        assertThat(test("keyless", "--image", released, "--record", one).exit()).isEqualTo(ExitCode.FINE);
        assertThat(test("keyless", "--image", released, "--record", other).exit())
                .isEqualTo(ExitCode.FINE);

        assertThat(Path.of(other)).hasSameBinaryContentAs(Path.of(one));
    }

    @Test
    void whatIsNotInTheRecordingCouldNotBeChecked() {
        String evidence = keyless.port.file("of-one.json");
        assertThat(test("keyless", "--image", released, "--record", evidence).exit())
                .isEqualTo(ExitCode.FINE);
        Ran ran = Ran.with(
                Map.of(),
                "policy",
                "test",
                "-f",
                keyless.port.file("keyless"),
                "--evidence",
                evidence,
                "--image",
                forked,
                "-o",
                "json");

        assertThat(ran.exit()).isEqualTo(ExitCode.COULD_NOT_CHECK);
        assertThat(ran.json().at("/images/0/policies/0/verdict").asText()).isEqualTo("unavailable");
        assertThat(ran.json().at("/images/0/policies/0/message").asText())
                .isEqualTo(
                        "Could not read manifest of %s: the recorded evidence does not hold it. Record it again for this image and these policies."
                                .formatted(forked));
    }

    @Test
    void anAlteredRecordingIsNotBelieved() throws IOException {
        String evidence = keyless.port.file("altered.json");
        assertThat(test("keyless", "--image", released, "--record", evidence).exit())
                .isEqualTo(ExitCode.FINE);
        String recorded = Files.readString(Path.of(evidence));
        Files.writeString(Path.of(evidence), recorded.replaceFirst("\"body\" : \"ey", "\"body\" : \"fy"));
        Ran ran = Ran.with(Map.of(), "policy", "test", "-f", keyless.port.file("keyless"), "--evidence", evidence);

        assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err())
                .startsWith("Could not read evidence \"" + evidence + "\": the answer to /v2/")
                .endsWith(
                        "does not have the digest that stands beside it. Record it again with 'landwaiter policy test --record FILE'. (EVIDENCE_INVALID)\n");
    }

    @Test
    void ofSeveralAuthoritiesEachSaysItsOwn() {
        String policies = keyless.port.write(
                "several.yaml",
                keyless.port.policy("several", "keyless/**", "enforce", "threshold: 1")
                        + "    - name: nobody\n      static: {action: fail}\n");
        Ran ran = test("several.yaml", "--image", released);

        assertThat(policies).isNotEmpty();
        assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(ran.out())
                .contains("several  (1 of 2)   rejected  0 passed, 1 must")
                .contains("           release    rejected  ")
                .contains("           nobody     rejected  ");
    }

    @Test
    void anImageThatNoPolicyIsForIsLeftToTheSetting() {
        Ran admitted = test("keyless", "--image", other);
        Ran denied = test("keyless", "--image", other, "--no-match", "deny");

        assertThat(admitted.exit()).isEqualTo(ExitCode.FINE);
        assertThat(admitted.out()).contains("no match  no policy is for this image; --no-match is admit");
        assertThat(denied.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(denied.out()).contains("refused  no policy is for this image; --no-match is deny");
    }

    @Test
    void anImageThatCannotBeResolvedIsLeftToTheSetting() {
        Ran admitted = test("keyless", "--image", missing);
        Ran denied = test("keyless", "--image", missing, "--on-unresolved", "deny");

        assertThat(admitted.exit()).isEqualTo(ExitCode.FINE);
        assertThat(admitted.out()).contains("unresolved  ").containsIgnoringWhitespaces("--on-unresolved is admit");
        assertThat(denied.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(denied.out()).containsIgnoringWhitespaces("(IMAGE_NOT_FOUND); --on-unresolved is deny");
    }

    @Test
    void linesFitTheWidthButForWhatMustStayWhole() {
        List<String> args =
                new ArrayList<>(List.of("policy", "test", "-f", keyless.port.file("keyless"), "--image", missing));
        args.addAll(keyless.port.flags());
        Ran ran = Ran.with(Map.of("COLUMNS", "80"), args.toArray(String[]::new));

        assertThat(ran.out().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void withoutPoliciesOrImagesItSaysWhatIsMissing() {
        Ran.with(Map.of(), "policy", "test", "--image", released).failed(ExitCode.USAGE, """
                        Could not understand the command: there is neither -f FOLDER nor --policies FOLDER nor --kubeconfig FILE.
                        See 'landwaiter policy test --help'.""");
        test("keyless").failed(ExitCode.USAGE, """
                        Could not understand the command: --image IMAGE is missing.
                        See 'landwaiter policy test --help'.""");
    }

    @Test
    void anIdentityIsVerifiedWithoutAPolicyFile() {
        Ran good = Ran.on(
                keyless.port,
                "verify",
                released,
                "--trust-root",
                keyless.port.file("trusted_root.json"),
                "--certificate-identity",
                KeylessPort.WORKFLOW,
                "--certificate-oidc-issuer",
                KeylessPort.ISSUER,
                "--attestation",
                "slsaprovenance1");
        Ran bad = Ran.on(
                keyless.port,
                "verify",
                forked,
                "--trust-root",
                keyless.port.file("trusted_root.json"),
                "--certificate-identity-regexp",
                "^https://github\\.com/acme/",
                "--certificate-oidc-issuer",
                KeylessPort.ISSUER);

        assertThat(good.err()).isEmpty();
        assertThat(good.out()).contains("attestation slsaprovenance1 by " + KeylessPort.WORKFLOW);
        assertThat(good.exit()).isEqualTo(ExitCode.FINE);
        assertThat(bad.exit()).isEqualTo(ExitCode.REFUSED);
        assertThat(bad.out()).contains("(SIGNATURE_INVALID)");
    }

    @Test
    void anIdentityWithoutItsIssuerIsNoDemand() {
        Ran.with(Map.of(), "verify", released, "--certificate-identity", KeylessPort.WORKFLOW)
                .failed(ExitCode.USAGE, """
                        Could not understand the command: a keyless signature needs one of --certificate-identity and --certificate-identity-regexp, and one of --certificate-oidc-issuer and --certificate-oidc-issuer-regexp.
                        See 'landwaiter verify --help'.""");
    }
}
