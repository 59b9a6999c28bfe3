package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.PrivateSigner;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleReaderTest {
    private final World world = new World();
    private final ObjectNode bundle = world.workflow.envelopeJson(World.IN_TOTO, World.ARTIFACT);

    private void invalid(String why) {
        assertThatThrownBy(() -> Recorded.bundle(bundle))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.SIGNATURE_INVALID))
                .hasMessage("Could not read the bundle: %s. Sign again with a current cosign.".formatted(why));
    }

    @Test
    void tellsWhatWasSigned() {
        Bundle read = Recorded.bundle(bundle);
        assertThat(read.keyless()).isTrue();
        assertThat(read.content()).isInstanceOfSatisfying(Bundle.Content.Envelope.class, envelope -> {
            assertThat(envelope.payloadType()).isEqualTo(World.IN_TOTO);
            assertThat(envelope.payload()).isEqualTo(World.ARTIFACT);
        });
    }

    @Test
    void passesOverFieldsThatAreNotKnown() {
        bundle.put("later", "more").putNull("messageSignature");
        assertThat(Recorded.bundle(bundle).keyless()).isTrue();
    }

    @Test
    void refusesAFieldThatStandsTwice() {
        String twice = bundle.toString().replaceFirst("\\{", "{\"mediaType\":\"x\",");
        assertThatThrownBy(() -> Bundle.parse(twice.getBytes(StandardCharsets.UTF_8), Limits.defaults(), "the bundle"))
                .hasMessageContaining("the key \"mediaType\" stands twice in one object");
        String spelled = bundle.toString().replaceFirst("\\{", "{\"media_type\":\"x\",");
        assertThatThrownBy(
                        () -> Bundle.parse(spelled.getBytes(StandardCharsets.UTF_8), Limits.defaults(), "the bundle"))
                .hasMessageContaining("it has the key \"mediaType\" and another that some readers take for the same");
    }

    @Test
    void refusesTwoContents() {
        bundle.set(
                "messageSignature", world.workflow.messageV1Json(World.ARTIFACT).path("messageSignature"));
        invalid("it must hold either a dsseEnvelope or a messageSignature");
    }

    @Test
    void refusesTwoSigners() {
        World.material(bundle).putObject("publicKey").put("hint", "x");
        invalid("it must name its signer by either a certificate or a publicKey");
    }

    @Test
    void refusesAChainWhereOneCertificateBelongs() {
        ObjectNode certificate = (ObjectNode) World.material(bundle).remove("certificate");
        World.material(bundle)
                .putObject("x509CertificateChain")
                .putArray("certificates")
                .add(certificate);
        invalid("it holds a certificate chain, where its version has a single certificate");
    }

    @Test
    void refusesAnotherVersion() {
        bundle.put("mediaType", "application/vnd.dev.sigstore.bundle.v0.4+json");
        invalid("it is of the unknown type \"application/vnd.dev.sigstore.bundle.v0.4+json\"");
    }

    @Test
    void refusesTwoSignaturesOfAnEnvelope() {
        ((ObjectNode) bundle.path("dsseEnvelope"))
                .withArray("signatures")
                .addObject()
                .put("sig", "AAAA");
        invalid("its envelope has more than one signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAA", "AAB=", "AA AA", "AA-_", "QR=="})
    void refusesWhatIsNotTheOneSpellingOfBase64(String text) {
        ((ObjectNode) bundle.path("dsseEnvelope")).put("payload", text);
        invalid("dsseEnvelope.payload is not Base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "01", "+1", "", "9223372036854775808", "x"})
    void refusesWhatIsNoIndex(String text) {
        World.entry(bundle).put("logIndex", text);
        invalid("verificationMaterial.tlogEntries[0].logIndex is not a whole number of 0 or more");
    }

    @Test
    void readsAnAttestationInTheOldForm() {
        byte[] envelope = Recorded.bytes(bundle.path("dsseEnvelope"));
        Bundle read = Bundle.ofAnnotations(
                envelope,
                Map.of("dev.cosignproject.cosign/signature", "", "dev.sigstore.cosign/chain", "whatever"),
                Limits.defaults(),
                "the attestation");
        assertThat(read.keyless()).isFalse();
        assertThat(read.content()).isInstanceOf(Bundle.Content.Envelope.class);
    }

    @Test
    void anAttestationInTheOldFormIsBoundToItsEntryByTheWholeEnvelope() {
        byte[] envelope = Recorded.bytes(bundle.path("dsseEnvelope"));
        ObjectNode body = PrivateSigner.body("intoto", "0.0.1");
        ObjectNode spec = body.putObject("spec");
        ObjectNode content = spec.putObject("content");
        content.set("hash", PrivateSigner.hexHash(envelope));
        content.set("payloadHash", PrivateSigner.hexHash(World.ARTIFACT));
        spec.put("publicKey", world.workflow.pem());
        assertThat(world.verifyOld(envelope, attested(body)).log()).hasValue(new Proof.LogEntry("rekor1.test", 0));
        content.set("hash", PrivateSigner.hexHash(new byte[0]));
        assertThatThrownBy(() -> world.verifyOld(envelope, attested(body)))
                .hasMessage("has a log entry for another envelope");
        // the same entry in a bundle would leave the signature unbound
        World.material(bundle)
                .withArray("tlogEntries")
                .removeAll()
                .add(world.sigstore.rekor1().log("intoto", "0.0.1", Recorded.bytes(body), World.NOW));
        assertThatThrownBy(() -> world.verify(bundle))
                .hasMessage("has a log entry of the kind intoto 0.0.1, which holds no signature");
    }

    private Map<String, String> attested(ObjectNode body) {
        ObjectNode entry = world.sigstore.rekor1().log("intoto", "0.0.1", Recorded.bytes(body), World.NOW);
        return Map.of(
                "dev.cosignproject.cosign/signature",
                "",
                "dev.sigstore.cosign/certificate",
                new String(world.workflow.pem(), StandardCharsets.UTF_8),
                "dev.sigstore.cosign/bundle",
                world.workflow.logBundle(entry).toString());
    }

    @Test
    void readsATimestampInTheOldForm() {
        Map<String, String> annotations = world.workflow.annotations(World.ARTIFACT);
        byte[] signature = Base64.getDecoder().decode(annotations.get("dev.cosignproject.cosign/signature"));
        ObjectNode timestamp = Recorded.JSON
                .createObjectNode()
                .put("SignedRFC3161Timestamp", world.sigstore.timestamps().stamp(signature, World.NOW, true));
        annotations.put("dev.sigstore.cosign/rfc3161timestamp", timestamp.toString());
        annotations.remove("dev.sigstore.cosign/bundle");
        Bundle read = Bundle.ofAnnotations(World.ARTIFACT, annotations, Limits.defaults(), "the signature");
        TrustedRoot root = world.trustedRoot();
        Demands stamped = new Demands(Optional.of(root), Optional.empty(), Optional.of(root));
        assertThat(world.verifier.byCertificate(read, stamped).time()).hasValue(World.NOW);
    }

    @Test
    void refusesTwoCertificatesInTheOldForm() {
        Map<String, String> annotations = world.workflow.annotations(World.ARTIFACT);
        annotations.merge(
                "dev.sigstore.cosign/certificate", annotations.get("dev.sigstore.cosign/certificate"), String::concat);
        assertThatThrownBy(() -> Bundle.ofAnnotations(World.ARTIFACT, annotations, Limits.defaults(), "the signature"))
                .hasMessage(
                        "Could not read the signature: its annotation \"dev.sigstore.cosign/certificate\" is not one PEM block of a certificate. Sign again with a current cosign.");
    }
}
