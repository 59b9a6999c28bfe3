package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.OTHER;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.index;
import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.image.Digest;
import dev.landwaiter.policy.Attestation;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Condition;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AttestationTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final String VULN = "https://cosign.sigstore.dev/attestation/vuln/v1";
    private static final String BUILT = "{\"builder\": {\"id\": \"https://github.com/acme\"}}";
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final SigningKey STRANGER = SigningKey.p256();
    private static final String FINGERPRINT =
            PublicKeys.fingerprint(RELEASE.keys().getPublic());
    private static final String IMAGE = "ghcr.io/acme/api@" + BUSYBOX;
    private static final String NEXT =
            ". Attest it: cosign attest --type " + SLSA + " --predicate <file> --key <key> " + IMAGE + ".";
    private static final Attestation BY_ACME =
            new Attestation("built", SLSA, Condition.compile("predicate.builder.id == 'https://github.com/acme'", "x"));

    private final FakeArtifacts artifacts = new FakeArtifacts();
    private final PolicyVerifier verifier = Fixtures.verifier(artifacts);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://slsa.dev/provenance/v0.2",
                SLSA,
                "https://spdx.dev/Document",
                "https://cyclonedx.org/bom",
                VULN,
                "https://acme.example/reviewed/v1"
            })
    @DisplayName("An attestation of any type is found in both forms, and says which of the policy's it is")
    void anAttestationOfAnyTypeIsFoundInBothForms(String type) {
        Authority asking = asking(new Attestation("wanted", type, null));
        bundle(BUSYBOX, type, "{}", RELEASE);
        assertThat(verify(asking))
                .isEqualTo(new Verdict.Verified(List.of(evidence(Evidence.Format.SIGSTORE_BUNDLE, "wanted"))));
        assertThat(artifacts.asked).contains("manifest sha256-" + BUSYBOX.hex() + ".att");

        FakeArtifacts old = new FakeArtifacts();
        old.attested(BUSYBOX, envelope(BUSYBOX, type, "{}", RELEASE), Map.of("predicateType", "whatever"));
        assertThat(Fixtures.verifier(old).verify(image(BUSYBOX), policy(asking), ANYBODY, soon()))
                .isEqualTo(new Verdict.Verified(List.of(evidence(Evidence.Format.COSIGN_ATTESTATION, "wanted"))));
    }

    @Test
    void theOldFormOfAttestationsIsLookedForOnlyWhereAPolicyAsks() {
        assertThat(verify(key("release", RELEASE))).isInstanceOf(Verdict.Rejected.class);
        assertThat(artifacts.asked)
                .contains("manifest sha256-" + BUSYBOX.hex() + ".sig")
                .noneMatch(request -> request.endsWith(".att"));
    }

    @Test
    void whatTheAttestationSaysMustBeWhatThePolicyAsksFor() {
        bundle(BUSYBOX, SLSA, BUILT, RELEASE);
        assertThat(verify(asking(BY_ACME))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    void anAttestationWithoutTheWitnessThatIsAskedForIsToldHowToAddOne() {
        bundle(BUSYBOX, SLSA, BUILT, RELEASE);
        TrustedRoot root = TrustedRoot.parse(Fixtures.file("trusted-root.json"), "the fixture");
        Demands stamped = new Demands(Optional.empty(), Optional.empty(), Optional.of(root));
        assertThat(verify(new Authority.Key("release", keys(RELEASE), new Terms(List.of(), stamped, List.of(BY_ACME)))))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_REJECTED,
                        "Could not accept the attestation \"built\" of " + IMAGE + ": 1 of type \"" + SLSA
                                + "\" was found, but it has no timestamp. "
                                + "Attest it with a timestamp by an authority that the policy's trust root names: "
                                + "cosign attest --type " + SLSA
                                + " --predicate <file> --key <key> --signing-config <file that names the authority> "
                                + IMAGE + ", or with cosign 2 cosign attest --type " + SLSA
                                + " --predicate <file> --key <key> --timestamp-server-url <authority> " + IMAGE
                                + "."));
    }

    @Test
    void oneOfSeveralAttestationsOfTheTypeIsEnough() {
        bundle(BUSYBOX, SLSA, "{}", RELEASE);
        bundle(BUSYBOX, SLSA, "{\"builder\": {\"id\": \"https://example.com\"}}", RELEASE);
        bundle(BUSYBOX, SLSA, BUILT, STRANGER);
        assertThat(verify(asking(BY_ACME))).isInstanceOf(Verdict.Rejected.class);
        artifacts.attested(BUSYBOX, envelope(BUSYBOX, SLSA, BUILT, RELEASE), Map.of());
        assertThat(Fixtures.verifier(artifacts).verify(image(BUSYBOX), policy(asking(BY_ACME)), ANYBODY, soon()))
                .isInstanceOf(Verdict.Verified.class);
    }

    @Test
    void everyAttestationThatIsListedMustBeThere() {
        bundle(BUSYBOX, SLSA, BUILT, RELEASE);
        Authority both = asking(BY_ACME, new Attestation("scanned", VULN, null));
        assertThat(verify(both))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_MISSING,
                        "Could not find the attestation \"scanned\" of " + IMAGE + ": there is none of type \"" + VULN
                                + "\" under its tag sha256-" + BUSYBOX.hex().substring(0, 12)
                                + "….att nor among its referrers (only an attestation of type \"" + SLSA
                                + "\"). Attest it: cosign attest --type " + VULN + " --predicate <file> --key <key> "
                                + IMAGE + "."));
        bundle(BUSYBOX, VULN, "{}", RELEASE);
        assertThat(Fixtures.verifier(artifacts).verify(image(BUSYBOX), policy(both), ANYBODY, soon()))
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::attestation)
                                .containsExactly("built", "scanned"));
    }

    @Test
    void aConditionThatDoesNotHoldIsToldWithItsText() {
        bundle(BUSYBOX, SLSA, "{\"builder\": {\"id\": \"https://example.com\"}}", RELEASE);
        assertThat(verify(asking(BY_ACME)))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_REJECTED,
                        "Could not accept the attestation \"built\" of " + IMAGE + ": 1 of type \"" + SLSA
                                + "\" was found, but it does not say what the policy asks for: predicate.builder.id == 'https://github.com/acme'"
                                + NEXT));
    }

    @Test
    void aConditionThatCannotBeToldIsARefusal() {
        bundle(BUSYBOX, SLSA, "{}", RELEASE);
        assertThat(verify(asking(BY_ACME)))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_REJECTED,
                        "Could not accept the attestation \"built\" of " + IMAGE + ": 1 of type \"" + SLSA
                                + "\" was found, but it can't be judged: it cannot be told whether \"predicate.builder.id == 'https://github.com/acme'\" holds: "
                                + "at character 9: key 'builder' is not present in map. Guard what may be absent by has(…), or fix the attestation"
                                + NEXT));
    }

    @Test
    void anAttestationBySomebodyElseIsRefusedWhateverItSays() {
        bundle(BUSYBOX, SLSA, BUILT, STRANGER);
        assertThat(verify(asking(BY_ACME)))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_REJECTED,
                        "Could not accept the attestation \"built\" of " + IMAGE + ": 1 of type \"" + SLSA
                                + "\" was found, but it is not by the key of authority \"release\" (" + FINGERPRINT
                                + ")" + NEXT));
    }

    @Test
    @Tag("attack-16")
    @DisplayName("Attack 16: an attestation of another type, and a signature, do not stand for the attestation")
    void neitherAnotherTypeNorASignatureStandsForTheAttestation() {
        bundle(BUSYBOX, VULN, BUILT, RELEASE);
        bundle(BUSYBOX, CosignSigner.SIGNATURE_PREDICATE, BUILT, RELEASE);
        byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api", BUSYBOX);
        artifacts.simple(BUSYBOX, payload, RELEASE.sign(payload));
        assertThat(verify(asking(BY_ACME)))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_MISSING,
                        "Could not find the attestation \"built\" of " + IMAGE + ": there is none of type \"" + SLSA
                                + "\" under its tag sha256-" + BUSYBOX.hex().substring(0, 12)
                                + "….att nor among its referrers (only a signature, an attestation of type \"" + VULN
                                + "\")" + NEXT));
    }

    @Test
    @Tag("attack-16")
    @DisplayName("Attack 16: a policy that asks for the signatures' own predicate type gets no signature for it")
    void aSignatureIsNoAttestationOfItsOwnType() {
        bundle(BUSYBOX, CosignSigner.SIGNATURE_PREDICATE, "{}", RELEASE);
        assertThat(code(verify(asking(new Attestation("signed", CosignSigner.SIGNATURE_PREDICATE, null)))))
                .isEqualTo(Code.ATTESTATION_MISSING);
    }

    @Test
    @Tag("attack-16")
    @DisplayName("Attack 16: an attestation of the old form does not stand for a signature, whatever type it states")
    void anEnvelopeUnderTheAttestationsTagIsNoSignature() {
        artifacts.attested(BUSYBOX, envelope(BUSYBOX, CosignSigner.SIGNATURE_PREDICATE, "{}", RELEASE), Map.of());
        Authority both =
                new Authority.Key("scan", keys(STRANGER), new Terms(List.of(), Demands.NONE, List.of(BY_ACME)));
        assertThat(code(verify(key("release", RELEASE), both))).isEqualTo(Code.SIGNATURE_MISSING);
    }

    @Test
    @Tag("attack-17")
    @DisplayName("Attack 17: an attestation of another image, or that nobody can read, is none of this one")
    void anAttestationOfAnotherImageIsRefused() {
        bundle(OTHER, BUSYBOX, SLSA, BUILT);
        assertThat(verify(asking(BY_ACME)))
                .isEqualTo(new Verdict.Rejected(
                        Code.ATTESTATION_REJECTED,
                        "Could not accept the attestation \"built\" of " + IMAGE + ": 1 of type \"" + SLSA
                                + "\" was found, but it is for another digest, " + OTHER + NEXT));
    }

    @Test
    @Tag("attack-17")
    @DisplayName("Attack 17: the annotation that states a predicate type is not believed")
    void theStatedPredicateTypeIsNotBelieved() {
        artifacts.attested(BUSYBOX, envelope(BUSYBOX, VULN, BUILT, RELEASE), Map.of("predicateType", SLSA));
        artifacts.refer(
                BUSYBOX,
                BUSYBOX,
                CosignSigner.BUNDLE,
                Map.of("dev.sigstore.bundle.predicateType", SLSA),
                artifacts.blob(
                        CosignSigner.BUNDLE,
                        CosignSigner.bundle(IN_TOTO, statement(BUSYBOX, VULN, BUILT), RELEASE),
                        Map.of()));
        assertThat(code(verify(asking(BY_ACME)))).isEqualTo(Code.ATTESTATION_MISSING);
    }

    @Test
    @Tag("attack-17")
    @DisplayName("Attack 17: an envelope of the old form with a signature beside its own is refused")
    void anEnvelopeWithASignatureBesideItsOwnIsRefused() {
        byte[] envelope = envelope(BUSYBOX, SLSA, BUILT, RELEASE);
        artifacts.attested(BUSYBOX, envelope, Map.of(FakeArtifacts.SIGNATURE_ANNOTATION, "AAAA"));
        assertThat(code(verify(asking(BY_ACME)))).isEqualTo(Code.ATTESTATION_MISSING);
    }

    @Test
    @Tag("attack-1")
    @DisplayName("Attack 1: of endless attestations a limited number is read, in both forms, and the image refused")
    void ofEndlessAttestationsALimitedNumberIsRead() {
        for (int i = 0; i < 500; i++) {
            bundle(BUSYBOX, SLSA, "{\"n\": " + i + "}", STRANGER);
            artifacts.attested(BUSYBOX, envelope(BUSYBOX, SLSA, "{\"n\": " + i + "}", STRANGER), Map.of());
        }
        assertThat(code(verify(asking(BY_ACME)))).isEqualTo(Code.LIMIT_EXCEEDED);
        assertThat(artifacts.asked).hasSizeLessThanOrEqualTo(3 + 64 + 64 + 64);
    }

    @Test
    @Tag("attack-1")
    @DisplayName("Attack 1: the attestation that is asked for is found however many others there are")
    void theAttestationIsFoundHoweverManyOthersThereAre() {
        for (int i = 0; i < 300; i++) {
            artifacts.refer(
                    BUSYBOX,
                    BUSYBOX,
                    CosignSigner.BUNDLE,
                    Map.of("dev.sigstore.bundle.predicateType", "https://example.com/" + i));
        }
        artifacts.refer(
                BUSYBOX,
                BUSYBOX,
                CosignSigner.BUNDLE,
                Map.of("dev.sigstore.bundle.predicateType", SLSA),
                artifacts.blob(
                        CosignSigner.BUNDLE,
                        CosignSigner.bundle(IN_TOTO, statement(BUSYBOX, SLSA, BUILT), RELEASE),
                        Map.of()));
        assertThat(verify(asking(BY_ACME))).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @Tag("attack-21")
    @DisplayName("Attack 21: an index is attested by itself or by every manifest in it, and it is told which way")
    void anIndexIsAttestedByItselfOrByEveryManifest() {
        Digest amd64 = Digest.sha256(new byte[] {1});
        Digest arm64 = Digest.sha256(new byte[] {2});
        bundle(amd64, SLSA, BUILT, RELEASE);
        bundle(arm64, SLSA, BUILT, RELEASE);
        assertThat(verifier.verify(index(BUSYBOX, amd64, arm64), policy(asking(BY_ACME)), ANYBODY, soon()))
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::way, Evidence::signed, Evidence::recorded)
                                .containsExactly(
                                        org.assertj.core.groups.Tuple.tuple(
                                                Evidence.Way.EVERY_MANIFEST,
                                                amd64,
                                                "key " + FINGERPRINT + ", every manifest"),
                                        org.assertj.core.groups.Tuple.tuple(
                                                Evidence.Way.EVERY_MANIFEST,
                                                arm64,
                                                "key " + FINGERPRINT + ", every manifest")));
    }

    private Verdict verify(Authority... authorities) {
        return verifier.verify(image(BUSYBOX), policy(authorities), ANYBODY, soon());
    }

    private static Authority asking(Attestation... attestations) {
        return new Authority.Key(
                "release", keys(RELEASE), new Terms(List.of(), Demands.NONE, Arrays.asList(attestations)));
    }

    private static List<VerificationKey> keys(SigningKey key) {
        return List.of(new VerificationKey(key.keys().getPublic()));
    }

    private static Evidence evidence(Evidence.Format format, String attestation) {
        return new Evidence(
                "release", format, BUSYBOX, "key " + FINGERPRINT, null, null, attestation, Evidence.Way.ITSELF);
    }

    private static Code code(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return ((Verdict.Rejected) verdict).code();
    }

    private void bundle(Digest image, String type, String predicate, SigningKey key) {
        artifacts.bundle(image, CosignSigner.bundle(IN_TOTO, statement(image, type, predicate), key));
    }

    /** Refers to {@code beside}, and says something of {@code about}. */
    private void bundle(Digest about, Digest beside, String type, String predicate) {
        artifacts.bundle(beside, CosignSigner.bundle(IN_TOTO, statement(about, type, predicate), RELEASE));
    }

    private static byte[] envelope(Digest image, String type, String predicate, SigningKey key) {
        try {
            JsonNode bundle = JSON.readTree(CosignSigner.bundle(IN_TOTO, statement(image, type, predicate), key));
            return JSON.writeValueAsBytes(bundle.path("dsseEnvelope"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] statement(Digest image, String type, String predicate) {
        try {
            return CosignSigner.statement(image, type, JSON.readTree(predicate));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
