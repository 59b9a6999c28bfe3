package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.REFERENCE;
import static dev.landwaiter.verify.Fixtures.key;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.Platform;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the second way of an index costs, and what comes of what cannot be looked at; what is decided is in {@code confusing/documents.txt}. */
class EveryManifestTest {
    private static final SigningKey RELEASE = SigningKey.p256();
    private static final Digest AMD64 = Digest.sha256(new byte[] {1});
    private static final Digest ARM64 = Digest.sha256(new byte[] {2});
    private static final Digest OF_AMD64 = Digest.sha256(new byte[] {3});
    private static final Digest OF_ARM64 = Digest.sha256(new byte[] {4});

    private final FakeArtifacts artifacts = new FakeArtifacts();
    private final PolicyVerifier verifier = Fixtures.verifier(artifacts);

    @Test
    @DisplayName("An index of buildx that is signed itself costs no request for its attestations")
    void anIndexThatIsSignedItselfCostsNothingMore() {
        sign(BUSYBOX);
        assertThat(verify()).isInstanceOf(Verdict.Verified.class);
        assertThat(asked()).isEmpty();
    }

    @Test
    @DisplayName(
            "Where every image of an index is signed, its attestations are looked at, and nobody asks for their signatures")
    void everyImageIsSigned() {
        sign(AMD64);
        sign(ARM64);
        attest(OF_AMD64, "application/vnd.in-toto+json");
        attest(OF_ARM64, "application/vnd.in-toto+json", "application/vnd.in-toto+json");

        assertThat(verify())
                .isInstanceOfSatisfying(
                        Verdict.Verified.class,
                        verified -> assertThat(verified.evidence())
                                .extracting(Evidence::signed)
                                .containsExactly(AMD64, ARM64));
        assertThat(asked()).containsExactlyInAnyOrder("manifest " + OF_AMD64, "manifest " + OF_ARM64);
    }

    @Test
    @DisplayName("Where one image is not signed, the attestations are not looked at")
    void oneImageIsNotSigned() {
        sign(AMD64);
        assertThat(rejected(verify()).message())
                .endsWith(
                        "would count as signed too if every manifest in it were: of its 2 manifests 1 is not, the first being "
                                + ARM64 + ".");
        assertThat(asked()).isEmpty();
    }

    @Test
    @Tag("attack-51")
    @DisplayName("Attack 51: what is said to be an attestation and is none must be signed like an image")
    void whatIsNoAttestationMustBeSigned() {
        sign(AMD64);
        sign(ARM64);
        attest(OF_AMD64, "application/vnd.in-toto+json");
        attest(OF_ARM64, "application/vnd.oci.image.layer.v1.tar+gzip");
        assertThat(rejected(verify()).message())
                .endsWith("of its 3 manifests 1 is not, the first being " + OF_ARM64
                        + ", which is annotated as an attestation but does not hold in-toto statements alone.");

        sign(OF_ARM64);
        assertThat(Fixtures.verifier(artifacts).verify(image(), policy(key("release", RELEASE)), ANYBODY, soon()))
                .isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @DisplayName(
            "An attestation that a registry does not give for a reason of its own could not be checked; one that it refuses is none")
    void anAttestationThatIsNotGiven() {
        sign(AMD64);
        sign(ARM64);
        artifacts.fail("manifest " + OF_AMD64, Code.REGISTRY_UNAVAILABLE);
        attest(OF_ARM64, "application/vnd.in-toto+json");
        assertThat(verify())
                .isInstanceOfSatisfying(
                        Verdict.Unavailable.class,
                        unavailable -> assertThat(unavailable.code()).isEqualTo(Code.REGISTRY_UNAVAILABLE));

        artifacts.fail("manifest " + OF_AMD64, Code.MANIFEST_MALFORMED);
        assertThat(rejected(verify()).message())
                .endsWith("the first being " + OF_AMD64
                        + ", which is annotated as an attestation but cannot be read (MANIFEST_MALFORMED).");
    }

    @Test
    @DisplayName("A lack of room is told as such, and not as a missing signature")
    void aLackOfRoomIsToldAsSuch() {
        sign(AMD64);
        artifacts.fail("referrers " + ARM64, Code.OVERLOADED);
        assertThat(rejected(verify()).code()).isEqualTo(Code.OVERLOADED);
    }

    private Verdict verify() {
        return verifier.verify(image(), policy(key("release", RELEASE)), ANYBODY, soon());
    }

    private static Verdict.Rejected rejected(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return (Verdict.Rejected) verdict;
    }

    /** Which manifests were asked for by their digest. */
    private List<String> asked() {
        return artifacts.asked.stream()
                .filter(request -> Stream.of(AMD64, ARM64, OF_AMD64, OF_ARM64)
                        .anyMatch(digest -> request.equals("manifest " + digest)))
                .toList();
    }

    private void sign(Digest digest) {
        byte[] payload = CosignSigner.simplePayload(REFERENCE.name(), digest);
        artifacts.simple(digest, payload, RELEASE.sign(payload));
    }

    private void attest(Digest digest, String... layers) {
        List<Descriptor> described =
                Stream.of(layers).map(type -> Descriptor.of(type, OF_AMD64, 1)).toList();
        artifacts.put(
                digest.toString(),
                new Manifest(
                        digest,
                        MediaType.OCI_MANIFEST,
                        "",
                        Descriptor.of(MediaType.OCI_CONFIG, AMD64, 1),
                        described,
                        null,
                        Map.of(),
                        1));
    }

    /** As buildx makes it for two platforms, with provenance. */
    private static Image image() {
        return new Image(
                REFERENCE,
                BUSYBOX,
                new Index(
                        BUSYBOX,
                        MediaType.OCI_INDEX,
                        "",
                        List.of(
                                entry(AMD64, Platform.LINUX_AMD64, Map.of()),
                                entry(ARM64, Platform.parse("linux/arm64"), Map.of()),
                                attestation(OF_AMD64),
                                attestation(OF_ARM64)),
                        null,
                        Map.of(),
                        1));
    }

    private static Descriptor attestation(Digest digest) {
        return entry(
                digest,
                new Platform("unknown", "unknown", ""),
                Map.of("vnd.docker.reference.type", "attestation-manifest"));
    }

    private static Descriptor entry(Digest digest, Platform platform, Map<String, String> annotations) {
        return new Descriptor(MediaType.OCI_MANIFEST, digest, 1, platform, "", annotations);
    }
}
