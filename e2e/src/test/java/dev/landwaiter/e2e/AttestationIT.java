package dev.landwaiter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is stated of images, by {@code cosign attest} with a private Sigstore, and conditions on it. */
@OnRealCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttestationIT {
    private static final String BUILDER = "builder@e2e.test";

    private final Images images;
    private final Sigstore sigstore;
    private final Tenant tenant;
    private final Tenant strict;
    private final String root;

    AttestationIT(Session session) {
        images = session.images();
        sigstore = session.sigstore();
        tenant = session.tenant("attested");
        strict = session.tenant("attested-otherwise");
        root = tenant.trustRoot("private", sigstore.trustRoot());
        for (Predicate predicate : Predicate.values()) {
            tenant.policy(predicate.path(), policy(predicate, predicate.holds));
            strict.policy(predicate.path(), policy(predicate, predicate.fails));
        }
    }

    private String policy(Predicate predicate, String cel) {
        return Policies.of("**/attested/" + predicate.path() + "/*", asking(predicate.type, cel));
    }

    private String asking(String type, String cel) {
        return Policies.keyless(
                "builder",
                root,
                Policies.exactly(sigstore.issuer(), BUILDER),
                Policies.attestation("statement", type, cel));
    }

    @AfterAll
    void leave() {
        tenant.close();
        strict.close();
    }

    /** What cosign can state, as its {@code --type} has it, and a condition that holds and one that does not. */
    enum Predicate {
        SLSA_1(
                "slsaprovenance1",
                """
                {"buildDefinition": {"buildType": "https://e2e.test/build", "externalParameters": {"ref": "main"}},
                 "runDetails": {"builder": {"id": "https://e2e.test/builder"}, "metadata": {"invocationId": "1"}}}""",
                "predicate.runDetails.builder.id == 'https://e2e.test/builder' && predicate.buildDefinition.externalParameters.ref == 'main'",
                "predicate.runDetails.builder.id == 'https://e2e.test/other'"),
        SLSA_02(
                "slsaprovenance02",
                """
                {"builder": {"id": "https://e2e.test/builder"}, "buildType": "https://e2e.test/build", "invocation": {}}""",
                "predicate.builder.id.startsWith('https://e2e.test/')",
                "predicate.builder.id.startsWith('https://github.com/')"),
        SPDX(
                "spdxjson",
                "{\"spdxVersion\": \"SPDX-2.3\", \"name\": \"api\"}",
                "predicate.spdxVersion == 'SPDX-2.3'",
                "predicate.spdxVersion == 'SPDX-3.0'"),
        CYCLONEDX(
                "cyclonedx",
                "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": [{\"name\": \"zlib\", \"version\": \"1.3\"}]}",
                "predicate.components.all(one, one.name != 'log4j')",
                "predicate.components.all(one, one.name != 'zlib')"),
        VULNERABILITIES("vuln", """
                {"invocation": {}, "scanner": {"uri": "https://e2e.test/scanner", "version": "1", "db": {}, "result": {"critical": 0}},
                 "metadata": {"scanStartedOn": "2026-11-21T00:00:00Z", "scanFinishedOn": "2026-11-21T00:01:00Z"}}""", "predicate.scanner.result.critical == 0", "predicate.scanner.result.critical > 0"),
        OF_OUR_OWN(
                "https://e2e.test/approval/v1",
                "{\"approved\": true, \"by\": [\"alice\", \"bob\"]}",
                "predicate.approved && size(predicate.by) >= 2",
                "size(predicate.by) >= 3"),
        CUSTOM("custom", "{\"free\": \"form\"}", "predicate.Data.contains('free')", "predicate.Data.contains('other')");

        private final String type;
        private final String json;
        private final String holds;
        private final String fails;

        Predicate(String type, String json, String holds, String fails) {
            this.type = type;
            this.json = json;
            this.holds = holds;
            this.fails = fails;
        }

        String path() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Stream<Arguments> everyPredicateInEveryForm() {
        return Arrays.stream(Predicate.values())
                .flatMap(predicate -> Stream.of(
                                Witnessed.COSIGN_3_REKOR_2, Witnessed.COSIGN_3_OLD_FORM, Witnessed.COSIGN_2_OLD_FORM)
                        .map(form -> Arguments.of(predicate, form)));
    }

    private PushedImage push(Registry registry, String repository) {
        return images.push(registry, "attested/" + repository + ":1");
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyPredicateInEveryForm")
    void anAttestationOfWhichTheConditionHoldsAdmitsAndOneOfWhichItDoesNotDenies(Predicate predicate, Witnessed form) {
        // one kind of registry for each: where attestations are found does not depend on what they state
        Registry registry =
                predicate.type.startsWith("slsa") ? Registry.WITHOUT_REFERRERS_API : Registry.WITH_REFERRERS_API;
        PushedImage image = push(registry, predicate.path() + "/" + form.path());
        sigstore.attest(image, sigstore.identity(BUILDER), form, predicate.type, predicate.json);

        tenant.admits(image);
        assertThat(strict.denies(image)).contains("ATTESTATION_REJECTED");
    }

    @Test
    void aSignatureIsNoAttestation() {
        for (Witnessed form : List.of(Witnessed.COSIGN_3_REKOR_2, Witnessed.COSIGN_2_OLD_FORM)) {
            PushedImage image = push(Registry.WITH_REFERRERS_API, "slsa-1/signed-" + form.path());
            sigstore.sign(image, sigstore.identity(BUILDER), form);
            assertThat(tenant.denies(image)).contains("ATTESTATION_MISSING");
        }
    }

    @Test
    void anAttestationIsNoSignature() {
        tenant.policy(
                "signed",
                Policies.of(
                        "**/signed/*",
                        Policies.keyless("builder", root, Policies.exactly(sigstore.issuer(), BUILDER))));
        for (Witnessed form : List.of(Witnessed.COSIGN_3_REKOR_2, Witnessed.COSIGN_2_OLD_FORM)) {
            PushedImage image = images.push(Registry.WITH_REFERRERS_API, "signed/" + form.path() + ":1");
            sigstore.attest(image, sigstore.identity(BUILDER), form, Predicate.CUSTOM.type, Predicate.CUSTOM.json);
            assertThat(tenant.denies(image)).contains("SIGNATURE_");

            sigstore.sign(image, sigstore.identity(BUILDER), form);
            Await.until("it is admitted once signed", () -> tenant.tried(image), result -> result.exit() == 0);
        }
    }

    @Test
    void anAttestationOfAnotherTypeOrBySomeoneElseIsNoGood() {
        PushedImage otherType = push(Registry.WITHOUT_REFERRERS_API, "slsa-1/other-type");
        sigstore.attest(
                otherType,
                sigstore.identity(BUILDER),
                Witnessed.COSIGN_3_REKOR_2,
                "https://e2e.test/provenance/v1",
                Predicate.SLSA_1.json);
        assertThat(tenant.denies(otherType)).contains("ATTESTATION_");

        PushedImage otherSigner = push(Registry.WITHOUT_REFERRERS_API, "slsa-1/other-signer");
        sigstore.attest(
                otherSigner,
                sigstore.identity("mallory@e2e.test"),
                Witnessed.COSIGN_3_REKOR_2,
                Predicate.SLSA_1.type,
                Predicate.SLSA_1.json);
        assertThat(tenant.denies(otherSigner)).contains("ATTESTATION_REJECTED");
    }

    @Test
    void theSignerOfTheImageMayBeAnotherThanThatOfTheAttestation() {
        SigningKey key = images.key(KeyKind.ECDSA_P256);
        tenant.policy(
                "both",
                "threshold: 2\n"
                        + Policies.of(
                                "**/both/*",
                                Policies.key("release", key),
                                asking(Predicate.SLSA_1.type, Predicate.SLSA_1.holds)));
        PushedImage image =
                images.pushSigned(Registry.WITH_REFERRERS_API, "both/api:1", key, Signature.COSIGN_3_BUNDLE);
        assertThat(tenant.denies(image)).contains("ATTESTATION_MISSING");

        sigstore.attest(
                image,
                sigstore.identity(BUILDER),
                Witnessed.COSIGN_3_REKOR_2,
                Predicate.SLSA_1.type,
                Predicate.SLSA_1.json);
        Await.until("it is admitted once attested", () -> tenant.tried(image), result -> result.exit() == 0);
    }
}
