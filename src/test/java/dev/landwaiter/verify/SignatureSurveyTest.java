package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.OTHER;
import static dev.landwaiter.verify.Fixtures.file;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.Signer;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SignatureSurveyTest {
    private static final String VULN = "https://cosign.sigstore.dev/attestation/vuln/v1";
    private static final SigningKey ANY = SigningKey.p256();

    private final FakeArtifacts artifacts = new FakeArtifacts();

    private SignatureSurvey.Survey survey() {
        return new SignatureSurvey(artifacts, Limits.defaults()).of(image(BUSYBOX), ANYBODY, soon());
    }

    @Test
    void whatIsSignedByWhomeverIsListedWithWhatItStates() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        SignatureSurvey.Survey survey = survey();
        assertThat(survey.failures()).isEmpty();
        assertThat(survey.sightings()).singleElement().isInstanceOfSatisfying(Sighting.Found.class, found -> {
            assertThat(found.where()).startsWith("referrer sha256:");
            assertThat(found.format()).isEqualTo(Evidence.Format.SIGSTORE_BUNDLE);
            assertThat(found.predicateType()).isNull();
            assertThat(found.stated().signer())
                    .contains(new Signer.Certificate(
                            "dev@example.test", "http://127.0.0.1:9800", Map.of("tokenSubject", "dev@example.test")));
            assertThat(found.stated().log()).hasSize(1);
            assertThat(found.stated().timestamps()).hasSize(1);
        });
    }

    @Test
    void attestationsOfBothFormsAreListedByTheirTypes() throws IOException {
        byte[] statement = CosignSigner.statement(BUSYBOX, VULN, JsonNodeFactory.instance.objectNode());
        byte[] bundle = CosignSigner.bundle("application/vnd.in-toto+json", statement, ANY);
        artifacts.bundle(BUSYBOX, bundle);
        artifacts.attested(BUSYBOX, envelope(bundle), Map.of());
        assertThat(survey().sightings())
                .hasSize(2)
                .allSatisfy(sighting -> assertThat(sighting)
                        .isInstanceOfSatisfying(
                                Sighting.Found.class,
                                found -> assertThat(found.predicateType()).isEqualTo(VULN)));
    }

    @Test
    void whatIsAboutAnotherImageIsListedAsSuch() {
        byte[] statement =
                CosignSigner.statement(OTHER, CosignSigner.SIGNATURE_PREDICATE, JsonNodeFactory.instance.objectNode());
        artifacts.bundle(BUSYBOX, CosignSigner.bundle("application/vnd.in-toto+json", statement, ANY));
        assertThat(survey().sightings())
                .singleElement()
                .isInstanceOfSatisfying(
                        Sighting.Other.class,
                        other -> assertThat(other.why()).isEqualTo("is for another digest, " + OTHER));
    }

    @Test
    void whatCannotBeReadIsToldBesideTheRest() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        artifacts.fail("manifest sha256-", Code.REGISTRY_UNAVAILABLE);
        SignatureSurvey.Survey survey = survey();
        assertThat(survey.failures()).extracting(Failure::code).containsOnly(Code.REGISTRY_UNAVAILABLE);
        assertThat(survey.sightings()).hasSize(1);
    }

    @Test
    void anImageWithNothingBesideItHasNoSightings() {
        assertThat(survey()).isEqualTo(new SignatureSurvey.Survey(List.of(), List.of()));
    }

    private static byte[] envelope(byte[] bundle) throws IOException {
        JsonMapper json = new JsonMapper();
        return json.writeValueAsBytes(json.readTree(bundle).path("dsseEnvelope"));
    }
}
