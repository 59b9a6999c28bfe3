package dev.landwaiter.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.limit.Limits;
import java.util.Map;

/** What lies beside an image and may be a signature of it: whoever may push there wrote it. */
class ClaimFuzzTest {
    private static final Digest SUBJECT =
            Digest.parse("sha256:55f9036e00000000000000000000000000000000000000000000000000000000");
    private final ClaimReader reader = new ClaimReader(SUBJECT, Limits.defaults());

    @Seeds(resources = {"sigstore/busybox.payload.json", "sigstore/legacy-trixie.payload.json"})
    @FuzzTest
    void aSimpleSigningPayloadIsAClaim(byte[] data) {
        Descriptor layer = new Descriptor(
                MediaType.SIMPLE_SIGNING,
                Digest.sha256(data),
                data.length,
                null,
                "",
                Map.of("dev.cosignproject.cosign/signature", "MEUCIQ=="));

        check(reader.simple(layer, data, "tag sha256-….sig, layer 0"));
    }

    @Seeds(resources = {"sigstore/busybox.55f9036e.bundle.json", "sigstore/keyless.bcbeca3d.bundle.json"})
    @FuzzTest
    void aBundleIsAClaim(byte[] data) {
        check(reader.bundle(data, "referrer sha256:…"));
    }

    @Seeds(resources = {"sigstore/busybox.payload.json"})
    @FuzzTest
    void anEnvelopeIsAClaim(byte[] data) {
        Descriptor layer = new Descriptor(
                "application/vnd.dsse.envelope.v1+json", Digest.sha256(data), data.length, null, "", Map.of());
        check(reader.attestation(layer, data, "tag sha256-….att, layer 0"));
    }

    private static void check(Claim claim) {
        switch (claim) {
            case Claim.Signed signed -> assertThat(signed.where()).isNotEmpty();
            case Claim.Defective defective ->
                assertThat(defective.why()).isNotBlank().hasSizeLessThan(400);
            case Claim.Unread unread -> throw new AssertionError("it was read: " + unread);
            case Claim.Unrelated unrelated ->
                assertThat(unrelated.what()).isNotBlank().hasSizeLessThan(400);
        }
    }
}
