package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;

/** References as tenants write them; manifests, indexes and configurations as registries serve them. */
class ImageFuzzTest {
    private static final Digest DIGEST = Digest.sha256("an image".getBytes(StandardCharsets.UTF_8));

    @Seeds({
        "nginx",
        "index.docker.io/nginx:1.27",
        "ghcr.io/acme/api:1.4@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "LOCALHOST:443/a__b/c.d-e--f:V1_0",
        "[fd00::1]:5000/acme/api",
        "acme.example.:65535/x",
        "ghcr.io/a\u202eb:1",
        "\u212a8s.gcr.io/pause",
    })
    @FuzzTest
    void aReferenceMeansTheSameInEachOfItsForms(byte[] data) {
        Parsed.by(() -> ImageReference.parse(Parsed.text(data))).ifPresent(reference -> {
            assertThat(ImageReference.parse(reference.canonical())).isEqualTo(reference);
            assertThat(reference.canonical())
                    .isEqualTo(reference.name()
                            + reference.tag().map(":"::concat).orElse("")
                            + reference.digest().map(digest -> "@" + digest).orElse(""));

            ImageReference pinned = ImageReference.parse(reference.pinned(DIGEST));
            assertThat(pinned.name()).isEqualTo(reference.name());
            assertThat(pinned.digest()).contains(reference.digest().orElse(DIGEST));
            assertThat(pinned.pinned(DIGEST)).isEqualTo(pinned.text());
            assertThat(ImageReference.parse(reference.at(DIGEST).text())).isEqualTo(reference.at(DIGEST));
        });
    }

    @Seeds({
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    })
    @FuzzTest
    void aDigestIsWhatItWasReadFrom(byte[] data) {
        String text = Parsed.text(data);
        Parsed.by(() -> Digest.parse(text)).ifPresent(digest -> {
            assertThat(digest).hasToString(text);
            assertThat(Digest.of(digest.algorithm(), digest.raw())).isEqualTo(digest);
        });
    }

    @Seeds({"application/vnd.oci.image.index.v1+json; charset=utf-8", " APPLICATION/JSON;"})
    @FuzzTest
    void aBareMediaTypeIsBare(byte[] data) {
        String bare = MediaType.bare(Parsed.text(data));

        assertThat(MediaType.bare(bare)).isEqualTo(bare);
    }

    @Seeds(
            resources = {
                "sigstore/busybox.55f9036e.manifest.json",
                "sigstore/busybox.referrers-index.json",
                "sigstore/busybox.sig-manifest.json"
            },
            value =
                    "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":7,\"digest\":\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}}]}")
    @FuzzTest
    void aDocumentIsAManifestOrAnIndexAndNothingElse(byte[] data) {
        Parsed.by(() -> OciDocument.parse(data, Digest.sha256(data), "", Limits.defaults(), "manifest of r.test/a:1"))
                .ifPresent(document -> assertThat(document.digest()).isEqualTo(Digest.sha256(data)));
    }

    @Seeds({
        "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":{\"a\":\"b\",\"c\":null}},\"history\":[{}]}",
        "{\"config\":{\"Labels\":{\"a\":1}}}",
    })
    @FuzzTest
    void aConfigurationHasItsLabels(byte[] data) {
        Parsed.by(() -> ImageConfig.parse(data, Limits.defaults(), "configuration of r.test/a:1"))
                .ifPresent(config -> assertThat(config.labels()).doesNotContainKey(null));
    }
}
