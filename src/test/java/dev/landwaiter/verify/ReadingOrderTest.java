package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Attestation;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of more than can be read, what is asked for is read, and the newest of it. */
@Timeout(60)
class ReadingOrderTest {
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final String BILL = "https://cyclonedx.org/bom";
    private static final String STATED = "dev.sigstore.bundle.predicateType";
    private static final String CREATED = "org.opencontainers.image.created";
    private static final int MANY = 90;
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final SigningKey STRANGER = SigningKey.p256();

    private final FakeArtifacts artifacts = new FakeArtifacts();

    @ParameterizedTest
    @ValueSource(ints = {0, 45, MANY})
    @DisplayName("of 90 layers under .att, the one whose type is asked for is found wherever it stands")
    void theTypeThatIsAskedForIsFoundAmongTheLayersOfOneTag(int place) {
        for (int i = 0; i <= MANY; i++) {
            if (i == place) {
                layer(SLSA, "{}", RELEASE);
            } else {
                layer("https://example.com/" + i, "{}", STRANGER);
            }
        }
        assertThat(attested()).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @DisplayName("of 90 attestations of the type under .att, the newest are read: those that stand last")
    void theNewestLayersAreRead() {
        for (int i = 0; i < MANY; i++) {
            layer(SLSA, "{\"n\": " + i + "}", STRANGER);
        }
        assertThat(code(attested())).isEqualTo(Code.LIMIT_EXCEEDED);
        layer(SLSA, "{}", RELEASE);
        assertThat(attested()).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @DisplayName("of 90 signatures under .sig, the newest are read: those that stand last")
    void theNewestSignaturesAreRead() {
        for (int i = 0; i < MANY; i++) {
            simple(i, STRANGER);
        }
        simple(MANY, RELEASE);
        assertThat(signed()).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @DisplayName("of 90 referrers of the type, the newest are read, wherever the registry lists them")
    void theNewestReferrersAreReadByTheDateThatTheyState() {
        referrer(Map.of(STATED, SLSA, CREATED, "2026-11-20T12:00:00Z"), SLSA, "{}", RELEASE);
        for (int i = 0; i < MANY; i++) {
            referrer(
                    Map.of(STATED, SLSA, CREATED, i % 2 == 0 ? "2026-11-19T12:00:00+02:00" : "yesterday"),
                    SLSA,
                    "{\"n\": " + i + "}",
                    STRANGER);
        }
        assertThat(attested()).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    void withoutDatesTheLastReferrersAreTakenForTheNewest() {
        for (int i = 0; i < MANY; i++) {
            referrer(Map.of(STATED, SLSA), SLSA, "{\"n\": " + i + "}", STRANGER);
        }
        referrer(Map.of(STATED, SLSA), SLSA, "{}", RELEASE);
        assertThat(attested()).isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @Tag("attack-2")
    @DisplayName("Attack 2: bills of materials under .att leave room for the provenance")
    void billsOfMaterialsUnderTheTagLeaveRoom() {
        layer(SLSA, "{}", RELEASE);
        for (int i = 0; i < 10; i++) {
            layer(BILL, large(i), STRANGER);
        }
        assertThat(attested()).isInstanceOf(Verdict.Verified.class);
        assertThat(blobs()).isLessThanOrEqualTo(1 + 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "bills of materials that refer to the image leave room for the provenance, whether the list or only their manifest states the type")
    void billsOfMaterialsAmongReferrersLeaveRoom(boolean listed) {
        for (int i = 0; i < 10; i++) {
            artifacts.refer(
                    BUSYBOX,
                    CosignSigner.BUNDLE,
                    listed ? Map.of(STATED, BILL) : Map.of(),
                    Map.of(STATED, BILL),
                    artifacts.blob(CosignSigner.BUNDLE, bundle(BILL, large(i), STRANGER), Map.of()));
        }
        layer(SLSA, "{}", RELEASE);
        assertThat(attested()).isInstanceOf(Verdict.Verified.class);
        assertThat(blobs()).isLessThanOrEqualTo(1 + 2);
    }

    @Test
    void aBillOfMaterialsThatIsTooLargeIsNoObstacleToSayingThatASignatureIsMissing() {
        layer(BILL, "{\"text\": \"" + "x".repeat(5 << 20) + "\"}", STRANGER);
        assertThat(code(attested())).isEqualTo(Code.ATTESTATION_MISSING);
    }

    @Test
    @DisplayName(
            "of an unsigned image with 300 attestations of other types it is told that the signature is missing, not that a limit is too low")
    void whatStatesToBeSomethingElseIsCountedAndNoFailure() {
        for (int i = 0; i < 300; i++) {
            referrer(Map.of(STATED, BILL), BILL, "{\"n\": " + i + "}", STRANGER);
        }
        Verdict verdict = signed();
        assertThat(code(verdict)).isEqualTo(Code.SIGNATURE_MISSING);
        assertThat(((Verdict.Rejected) verdict).message())
                .contains(
                        "nor among its referrers (only an attestation of type \"https://cyclonedx.org/bom\", 236 more that state to be something else). Sign it: cosign sign");
    }

    @Test
    @DisplayName("what is found is listed as the registry lists it, however it was read")
    void theOrderOfWhatIsFoundIsTheRegistrys() {
        referrer(Map.of(CREATED, "2026-11-18T00:00:00Z"), "https://example.com/1", "{}", STRANGER);
        referrer(Map.of(STATED, SLSA), SLSA, "{}", STRANGER);
        referrer(Map.of(CREATED, "2026-11-19T00:00:00Z"), "https://example.com/2", "{}", STRANGER);
        Signatures found = new RegistrySignatureFinder(artifacts, Limits.defaults())
                .find(Place.own(Fixtures.REFERENCE, ANYBODY), BUSYBOX, Set.of(SLSA), soon());
        assertThat(found.claims())
                .extracting(claim -> ((Claim.Attested) claim).predicateType())
                .containsExactly("https://example.com/1", SLSA, "https://example.com/2");
    }

    private Verdict attested() {
        Attestation wanted = new Attestation("built", SLSA, null);
        return verify(new Authority.Key(
                "release",
                List.of(new VerificationKey(RELEASE.keys().getPublic())),
                new Terms(List.of(), Demands.NONE, List.of(wanted))));
    }

    private Verdict signed() {
        return verify(key("release", RELEASE));
    }

    private Verdict verify(Authority authority) {
        artifacts.asked.clear();
        return Fixtures.verifier(artifacts).verify(image(BUSYBOX), policy(authority), ANYBODY, soon());
    }

    private long blobs() {
        return artifacts.asked.stream()
                .filter(request -> request.startsWith("blob"))
                .count();
    }

    private static Code code(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return ((Verdict.Rejected) verdict).code();
    }

    /** An attestation of 1.7 MiB or so. */
    private static String large(int i) {
        return "{\"n\": %d, \"text\": \"%s\"}".formatted(i, "x".repeat(1 << 20));
    }

    private void simple(int i, SigningKey key) {
        byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api" + i, BUSYBOX);
        artifacts.simple(BUSYBOX, payload, key.sign(payload));
    }

    private void layer(String type, String predicate, SigningKey key) {
        artifacts.attested(BUSYBOX, envelope(bundle(type, predicate, key)), Map.of("predicateType", type));
    }

    private void referrer(Map<String, String> annotations, String type, String predicate, SigningKey key) {
        artifacts.refer(
                BUSYBOX,
                BUSYBOX,
                CosignSigner.BUNDLE,
                annotations,
                artifacts.blob(CosignSigner.BUNDLE, bundle(type, predicate, key), Map.of()));
    }

    private static byte[] bundle(String type, String predicate, SigningKey key) {
        try {
            byte[] statement = CosignSigner.statement(BUSYBOX, type, new JsonMapper().readTree(predicate));
            return CosignSigner.bundle(IN_TOTO, statement, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] envelope(byte[] bundle) {
        try {
            JsonMapper json = new JsonMapper();
            return json.writeValueAsBytes(json.readTree(bundle).path("dsseEnvelope"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
