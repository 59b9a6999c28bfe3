package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatedTest {
    @Test
    void aBundleStatesItsCertificatesIdentityItsLogEntryAndItsTimestamps() {
        Stated stated = stated(Recorded.json("keyless.bcbeca3d.bundle.json"));
        assertThat(stated.signer())
                .contains(new Signer.Certificate(
                        "dev@example.test", "http://127.0.0.1:9800", Map.of("tokenSubject", "dev@example.test")));
        assertThat(stated.log())
                .containsExactly(
                        new Stated.Entry("2e21c9feae6343c500d8dbd683163a19e1b02d8a82ea770997b5528e76cf7e42", 0, null));
        assertThat(stated.timestamps())
                .singleElement()
                .satisfies(time -> assertThat(time).isBetween("2026-11-20T22:17:00Z", "2026-11-20T22:27:01Z"));
    }

    @Test
    void theOldFormStatesTheTimeThatItsLogPromises() {
        Map<String, String> annotations = new HashMap<>();
        Recorded.json("legacy-sid.sig-manifest.json")
                .at("/layers/0/annotations")
                .properties()
                .forEach(one -> annotations.put(one.getKey(), one.getValue().textValue()));
        Stated stated = Bundle.ofAnnotations(
                        Recorded.file("legacy-sid.payload.json"), annotations, Limits.defaults(), "it")
                .stated();
        assertThat(stated)
                .isEqualTo(new Stated(
                        Optional.of(new Signer.Certificate(
                                "dev@example.test",
                                "http://127.0.0.1:9800",
                                Map.of("tokenSubject", "dev@example.test"))),
                        List.of(new Stated.Entry(
                                "cf0a27af5d38495c7949e1b304ff826c52987a561eeb8f04cdd5f0e2a058c2b2",
                                0,
                                Instant.parse("2026-11-20T22:31:39Z"))),
                        List.of()));
    }

    @Test
    void aKeysHintIsWrittenAsFingerprintsAre() {
        assertThat(stated(Recorded.json("busybox.55f9036e.bundle.json")))
                .isEqualTo(new Stated(
                        Optional.of(new Signer.Key(
                                "sha256:f706c84d9e9af0be8c4a627d04b18e54cddd477da2d5791c59d50ef48d250911")),
                        List.of(),
                        List.of()));
    }

    @Test
    void anyOtherHintIsShownAsItIsAndNoneIsNobody() {
        ObjectNode bundle = Recorded.json("busybox.55f9036e.bundle.json");
        ObjectNode key = (ObjectNode) bundle.at("/verificationMaterial/publicKey");
        key.put("hint", "the release key");
        assertThat(stated(bundle).signer()).contains(new Signer.Key("the release key"));
        key.put("hint", 7);
        assertThat(stated(bundle).signer()).isEmpty();
        key.remove("hint");
        assertThat(stated(bundle).signer()).isEmpty();
    }

    @Test
    void aTimestampThatCantBeReadStatesNoTime() {
        ObjectNode bundle = Recorded.json("keyless.bcbeca3d.bundle.json");
        ((ObjectNode) bundle.at("/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0"))
                .put("signedTimestamp", "AAAA");
        assertThat(stated(bundle).timestamps()).isEmpty();
    }

    private static Stated stated(ObjectNode bundle) {
        return Bundle.parse(bundle.toString().getBytes(StandardCharsets.UTF_8), Limits.defaults(), "it")
                .stated();
    }
}
