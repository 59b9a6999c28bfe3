package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.limit.Limits;
import java.security.PublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Signatures that cosign made, in each of its forms. */
class RecordedSignaturesTest {
    private static final String ISSUER = "http://127.0.0.1:9800";
    private static final BundleVerifier VERIFIER = new BundleVerifier(() -> Instant.parse("2026-11-21T00:00:00Z"));

    @Test
    void keylessWithRekorV2AndATimestamp() {
        Proof proof = VERIFIER.byCertificate(Recorded.bundle("keyless.bcbeca3d.bundle.json"), Recorded.LOGGED);
        assertThat(proof)
                .isEqualTo(new Proof(
                        new Signer.Certificate("dev@example.test", ISSUER, Map.of("tokenSubject", "dev@example.test")),
                        Optional.of(Instant.parse("2026-11-20T22:17:01Z")),
                        Optional.of(new Proof.LogEntry("127.0.0.1", 0))));
        assertThat(VERIFIER.byCertificate(Recorded.bundle("keyless.bcbeca3d.bundle.json"), Recorded.STAMPED))
                .isEqualTo(proof);
    }

    @Test
    void keylessWithRekorV1() {
        Proof proof = VERIFIER.byCertificate(Recorded.bundle("legacy-sid.4d6a56b6.bundle.json"), Recorded.LOGGED);
        assertThat(proof)
                .isEqualTo(new Proof(
                        new Signer.Certificate(
                                "rek1@example.test", ISSUER, Map.of("tokenSubject", "rek1@example.test")),
                        Optional.of(Instant.parse("2026-11-20T22:32:05Z")),
                        Optional.of(new Proof.LogEntry("rekor1.test", 0))));
    }

    @Test
    void keylessInTheOldFormOfCosign2() {
        Proof proof = VERIFIER.byCertificate(Recorded.legacy("legacy-trixie"), Recorded.LOGGED);
        assertThat(proof)
                .isEqualTo(new Proof(
                        new Signer.Certificate("dev@example.test", ISSUER, Map.of("tokenSubject", "dev@example.test")),
                        Optional.of(Instant.parse("2026-11-20T22:31:43Z")),
                        Optional.of(new Proof.LogEntry("127.0.0.1:3010", 1))));
    }

    @Test
    void keylessInTheOldFormOfCosign3() {
        Proof proof = VERIFIER.byCertificate(Recorded.legacy("legacy-sid"), Recorded.LOGGED);
        assertThat(proof.signer()).isInstanceOf(Signer.Certificate.class);
        assertThat(proof.log()).isPresent();
    }

    @Test
    void byKeyInBothForms() {
        PublicKey key = Recorded.key("cosign-key.pub");
        assertThat(VERIFIER.byKey(Recorded.bundle("busybox.55f9036e.bundle.json"), key, Demands.NONE))
                .isPresent();
        assertThat(VERIFIER.byKey(Recorded.legacy("busybox"), key, Demands.NONE))
                .hasValueSatisfying(proof -> {
                    assertThat(proof.signer()).isInstanceOf(Signer.Key.class);
                    assertThat(proof.time()).isEmpty();
                    assertThat(proof.log()).isEmpty();
                });
    }

    @Test
    void anotherKeyIsNoFailure() {
        PublicKey other = Recorded.bundle("keyless.bcbeca3d.bundle.json")
                .certificate()
                .orElseThrow()
                .getPublicKey();
        assertThat(VERIFIER.byKey(Recorded.bundle("busybox.55f9036e.bundle.json"), other, Demands.NONE))
                .isEmpty();
    }

    @Test
    void thePublicGoodRootVouchesForNoneOfThem() {
        TrustedRoot root = TrustedRoot.publicGood();
        Demands demands = new Demands(Optional.of(root), Optional.of(root), Optional.empty());
        assertThatThrownBy(() -> VERIFIER.byCertificate(Recorded.bundle("keyless.bcbeca3d.bundle.json"), demands))
                .hasMessage(
                        "has a certificate of \"CN=kc-fulcio,O=kc\", which is not a certificate authority of the trust root");
    }

    @Test
    void aTimestampIsAskedForAndNotThere() {
        assertThatThrownBy(() ->
                        VERIFIER.byCertificate(Recorded.bundle("legacy-sid.4d6a56b6.bundle.json"), Recorded.STAMPED))
                .hasMessage("has no timestamp");
    }

    @Test
    void anOldSignatureWithoutItsLogEntryIsRefused() {
        Map<String, String> annotations = new HashMap<>(Recorded.annotations("legacy-trixie"));
        annotations.remove("dev.sigstore.cosign/bundle");
        Bundle bundle =
                Bundle.ofAnnotations(Recorded.file("legacy-trixie.payload.json"), annotations, Limits.defaults(), "it");
        assertThatThrownBy(() -> VERIFIER.byCertificate(bundle, Recorded.LOGGED))
                .hasMessage("has no transparency log entry");
        Demands unlogged = new Demands(Optional.of(Recorded.ROOT), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> VERIFIER.byCertificate(bundle, unlogged))
                .hasMessage(
                        "has no trusted witness of the time at which it was signed: neither a log's promise nor a timestamp");
    }
}
