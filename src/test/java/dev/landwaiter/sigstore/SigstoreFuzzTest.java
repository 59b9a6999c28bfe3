package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Signatures and trust roots of which any part may be anything. What is accepted all the same must say what was recorded: the signed
 * content is the same, however its wrapping was changed.
 */
class SigstoreFuzzTest {
    private static final BundleVerifier VERIFIER = new BundleVerifier(() -> Instant.parse("2026-11-21T00:00:00Z"));
    private static final Set<String> RECORDED = Stream.of(
                    "busybox.55f9036e.bundle.json", "keyless.bcbeca3d.bundle.json", "legacy-sid.4d6a56b6.bundle.json")
            .map(name -> signed(Recorded.bundle(name)))
            .collect(Collectors.toUnmodifiableSet());
    private static final byte[] PAYLOAD = Recorded.file("legacy-trixie.payload.json");

    @Seeds(
            resources = {
                "sigstore/busybox.55f9036e.bundle.json",
                "sigstore/keyless.bcbeca3d.bundle.json",
                "sigstore/legacy-sid.4d6a56b6.bundle.json"
            })
    @FuzzTest
    void aBundleThatIsAcceptedSaysWhatWasSigned(byte[] data) {
        Parsed.by(() -> Bundle.parse(data, Limits.defaults(), "the bundle")).ifPresent(bundle -> {
            for (Demands demands : Set.of(Recorded.LOGGED, Recorded.STAMPED)) {
                Parsed.by(() -> VERIFIER.byCertificate(bundle, demands))
                        .ifPresent(_ -> assertThat(signed(bundle)).isIn(RECORDED));
            }
            Parsed.by(() -> VERIFIER.byKey(bundle, Recorded.key("cosign-key.pub"), Demands.NONE))
                    .flatMap(proof -> proof)
                    .ifPresent(_ -> assertThat(signed(bundle)).isIn(RECORDED));
        });
    }

    /** The annotations of a layer as a JSON object. */
    @Seeds(ANNOTATIONS)
    @FuzzTest
    void annotationsOfAnyKindAreReadOrRefused(byte[] data) {
        annotations(data)
                .flatMap(annotations ->
                        Parsed.by(() -> Bundle.ofAnnotations(PAYLOAD, annotations, Limits.defaults(), "the layer")))
                .ifPresent(bundle -> assertThat(Parsed.by(() -> VERIFIER.byCertificate(bundle, Recorded.LOGGED)))
                        .isEmpty());
    }

    private static final String ANNOTATIONS =
            "{\"dev.cosignproject.cosign/signature\":\"MEUCIQDx\",\"dev.sigstore.cosign/certificate\":\"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n\",\"dev.sigstore.cosign/bundle\":\"{\\\"SignedEntryTimestamp\\\":\\\"MEUC\\\",\\\"Payload\\\":{\\\"body\\\":\\\"e30=\\\",\\\"integratedTime\\\":1,\\\"logIndex\\\":2,\\\"logID\\\":\\\"00\\\"}}\",\"dev.sigstore.cosign/rfc3161timestamp\":\"{\\\"SignedRFC3161Timestamp\\\":\\\"MIIC\\\"}\"}";

    private static Optional<Map<String, String>> annotations(byte[] data) {
        try {
            return Optional.ofNullable(Recorded.JSON.readValue(Parsed.text(data), new TypeReference<>() {}));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    @Seeds(resources = {"sigstore/legacy-sid.payload.json", "sigstore/legacy-trixie.payload.json"})
    @FuzzTest
    void anotherPayloadIsNotAccepted(byte[] data) {
        Map<String, String> annotations = Recorded.annotations("legacy-trixie");

        boolean accepted = Parsed.by(() -> VERIFIER.byCertificate(
                        Bundle.ofAnnotations(data, annotations, Limits.defaults(), "the layer"), Recorded.LOGGED))
                .isPresent();

        assertThat(accepted)
                .isEqualTo(new String(data, StandardCharsets.ISO_8859_1)
                        .equals(new String(PAYLOAD, StandardCharsets.ISO_8859_1)));
    }

    @Seeds(resources = "sigstore/trusted-root.json")
    @FuzzTest
    void aTrustRootIsReadOrRefused(byte[] data) {
        Parsed.by(() -> TrustedRoot.parse(data, "TrustRoot \"private\""))
                .ifPresent(root -> assertThat(TrustedRoot.parse(data, "TrustRoot \"private\""))
                        .isEqualTo(root)
                        .hasSameHashCodeAs(root));
    }

    /** What a bundle's signature is over, to compare. */
    private static String signed(Bundle bundle) {
        return switch (bundle.content()) {
            case Bundle.Content.Envelope envelope ->
                envelope.payloadType() + " " + HexFormat.of().formatHex(envelope.payload());
            case Bundle.Content.Message message ->
                message.digestAlgorithm() + " " + HexFormat.of().formatHex(message.digest());
            case Bundle.Content.Plain plain -> HexFormat.of().formatHex(plain.payload());
        };
    }
}
