package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures without keys, by cosign 3 and 2 with a private Sigstore, in each form and with each set of witnesses, in both kinds of registry. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeylessIT {
    private static final String ALICE = "alice@e2e.test";
    private static final String WORKFLOW = "acme/api/.github/workflows/release.yml@refs/heads/main";
    private static final String WORKFLOW_URI = "https://github.com/" + WORKFLOW;

    private final Images images;
    private final Sigstore sigstore;
    private final Tenant right;
    private final List<Tenant> wrong;
    private final String root;

    KeylessIT(Session session) {
        images = session.images();
        sigstore = session.sigstore();
        right = session.tenant("identity");
        root = right.trustRoot("private", sigstore.trustRoot());
        String strangers = right.trustRoot("stranger", sigstore.trustRootOfAStranger());
        right.policy("release", policy(root, Policies.exactly(sigstore.issuer(), ALICE)));
        right.policy(
                "stamped",
                Policies.of(
                        "**/stamped/*",
                        Policies.keyless(
                                "release",
                                root,
                                Policies.exactly(sigstore.issuer(), ALICE),
                                "rfc3161timestamp: {trustRootRef: " + root + "}")));
        wrong = List.of(
                refusing(session, "subject", root, Policies.exactly(sigstore.issuer(), "bob@e2e.test")),
                refusing(session, "issuer", root, Policies.exactly(sigstore.workflowIssuer(), ALICE)),
                refusing(session, "root", strangers, Policies.exactly(sigstore.issuer(), ALICE)));
    }

    private static String policy(String trustRoot, String identity) {
        return Policies.of("**/keyless/*", Policies.keyless("release", trustRoot, identity));
    }

    private static Tenant refusing(Session session, String name, String trustRoot, String identity) {
        Tenant tenant = session.tenant("wrong-" + name);
        tenant.policy(name, policy(trustRoot, identity));
        return tenant;
    }

    @AfterAll
    void leave() {
        right.close();
        wrong.forEach(Tenant::close);
    }

    private PushedImage signedBy(String identity, Registry registry, String repository, Witnessed form) {
        PushedImage image = images.push(registry, repository + ":1");
        sigstore.sign(image, sigstore.identity(identity), form);
        return image;
    }

    static Stream<Arguments> everyFormThatIsLogged() {
        return Arrays.stream(Witnessed.values())
                .filter(Witnessed::logged)
                .flatMap(form -> Arrays.stream(Registry.values()).map(registry -> Arguments.of(form, registry)));
    }

    @ParameterizedTest(name = "{0}, in {1}")
    @MethodSource("everyFormThatIsLogged")
    void theRightIdentityIsAdmittedAndAnotherSubjectIssuerOrTrustRootIsNot(Witnessed form, Registry registry) {
        PushedImage image = signedBy(ALICE, registry, "keyless/" + form.path(), form);

        JsonNode record = right.admits(image);
        assertThat(record.path("outcome").asText()).isEqualTo("verified");
        assertThat(record.path("policies").toString()).isEqualTo("[\"%s-release\"]".formatted(right.namespace()));
        assertThat(record.path("signers").toString()).contains(ALICE, sigstore.issuer());
        for (Tenant tenant : wrong) {
            assertThat(tenant.denies(image)).contains("SIGNATURE_INVALID");
        }
    }

    @Test
    void aTimestampAloneIsEnoughWhereThePolicyAsksForThatInsteadOfTheLog() {
        PushedImage stamped =
                signedBy(ALICE, Registry.WITHOUT_REFERRERS_API, "stamped/alone", Witnessed.COSIGN_2_TSA_ALONE);
        right.admits(stamped);
        PushedImage logged =
                signedBy(ALICE, Registry.WITHOUT_REFERRERS_API, "stamped/logged", Witnessed.COSIGN_2_OLD_FORM);
        assertThat(right.denies(logged)).contains("SIGNATURE_INVALID");
    }

    @Test
    void withoutTheLogASignatureIsRefusedWhereNothingElseIsAskedFor() {
        PushedImage stamped =
                signedBy(ALICE, Registry.WITHOUT_REFERRERS_API, "keyless/not-logged", Witnessed.COSIGN_2_TSA_ALONE);
        assertThat(right.denies(stamped)).contains("SIGNATURE_INVALID");
    }

    @Test
    void anUnsignedImageIsDeniedInWordsThatSayWhatToDo() {
        PushedImage image = images.push(Registry.WITH_REFERRERS_API, "keyless/unsigned:1");
        assertThat(right.denies(image))
                .isEqualTo(denial("SIGNATURE_MISSING", right, "release", image)
                        + """
                        Could not find a signature of %1$s: there is none under its tag %2$s….sig nor among its referrers. \
                        Sign it: cosign sign %1$s.
                        """.formatted(image.canonical(), image.signatureTag().substring(0, 19)));
    }

    @Test
    void whoeverIsRefusedReadsWhoSignedAndWhoShouldHave() {
        PushedImage image = signedBy(ALICE, Registry.WITH_REFERRERS_API, "keyless/told", Witnessed.COSIGN_3_REKOR_2);
        assertThat(wrong.getFirst().denies(image))
                .isEqualTo(denial("SIGNATURE_INVALID", wrong.getFirst(), "subject", image)
                        + """
                        Could not verify %1$s: 1 signature was found, but it was signed by "alice@e2e.test" (issuer "%2$s"), \
                        and authority "release" asks for subject "bob@e2e.test" and issuer "%2$s". \
                        Sign it with an identity that the policy names: cosign sign %1$s.
                        """.formatted(image.canonical(), sigstore.issuer()));
    }

    /** How kubectl begins to tell a person of a refusal. */
    private static String denial(String code, Tenant tenant, String policy, PushedImage image) {
        return """
                Error from server (%s): error when creating "STDIN": admission webhook "mutate.landwaiter.dev" denied the request: \
                Could not admit spec.containers[0].image "%s" under ClusterImagePolicy "%s-%s": \
                """.formatted(code, image.reference(), tenant.namespace(), policy);
    }

    @Test
    void theSignatureOfAnotherImageIsNoGood() {
        PushedImage signed =
                signedBy(ALICE, Registry.WITHOUT_REFERRERS_API, "keyless/copied", Witnessed.COSIGN_2_OLD_FORM);
        PushedImage other = images.push(Registry.WITHOUT_REFERRERS_API, "keyless/copied:2");
        images.copy(signed.name() + ":" + signed.signatureTag(), other.name() + ":" + other.signatureTag());
        assertThat(right.denies(other)).contains("SIGNATURE_INVALID");
    }

    @Test
    void aWorkflowIsNamedByCertificateExtensionsAndPatterns() {
        String identity = """
                issuer: "%s", subjectRegExp: '^https://github\\.com/acme/api/', \
                extensions: {githubWorkflowRepository: acme/api, sourceRepositoryRef: refs/heads/main}\
                """.formatted(sigstore.workflowIssuer());
        right.policy("workflow", Policies.of("**/workflow/*", Policies.keyless("release", root, identity)));
        for (Witnessed form : List.of(Witnessed.COSIGN_3_REKOR_2, Witnessed.COSIGN_2_OLD_FORM)) {
            PushedImage released = signedBy(WORKFLOW, Registry.WITH_REFERRERS_API, "workflow/" + form.path(), form);
            assertThat(right.admits(released).path("signers").toString()).contains(WORKFLOW_URI);
        }
        PushedImage ofABranch = signedBy(
                "acme/api/.github/workflows/release.yml@refs/heads/try",
                Registry.WITH_REFERRERS_API,
                "workflow/branch",
                Witnessed.COSIGN_3_REKOR_2);
        assertThat(right.denies(ofABranch)).contains("SIGNATURE_INVALID");
        PushedImage ofAFork = signedBy(
                "mallory/api/.github/workflows/release.yml@refs/heads/main",
                Registry.WITH_REFERRERS_API,
                "workflow/fork",
                Witnessed.COSIGN_3_REKOR_2);
        assertThat(right.denies(ofAFork)).contains("SIGNATURE_INVALID");
    }
}
