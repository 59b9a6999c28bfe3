package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OciDocumentTest {
    private static final String D = "sha256:4127b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f";
    private static final String CONFIG =
            "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":2}".formatted(MediaType.OCI_CONFIG, D);

    private static OciDocument parse(String json, String contentType) {
        return parse(json, contentType, Limits.defaults());
    }

    private static OciDocument parse(String json, String contentType, Limits limits) {
        byte[] content = json.getBytes(StandardCharsets.UTF_8);
        return OciDocument.parse(content, Digest.sha256(content), contentType, limits, "manifest of r/a:1");
    }

    @Test
    void readsAManifest() {
        OciDocument document = parse("""
                {"schemaVersion":2,"mediaType":"%s","artifactType":"x/y","config":%s,"layers":[%s],"subject":%s,
                 "annotations":{"k":"v"},"unknown":{"kept":"out"}}
                """.formatted(MediaType.OCI_MANIFEST, CONFIG, CONFIG, CONFIG), "");

        assertThat(document).isInstanceOfSatisfying(Manifest.class, manifest -> {
            assertThat(manifest.config()).isEqualTo(Descriptor.of(MediaType.OCI_CONFIG, Digest.parse(D), 2));
            assertThat(manifest.layers()).hasSize(1);
            assertThat(manifest.subject()).isPresent();
            assertThat(manifest.artifactType()).isEqualTo("x/y");
            assertThat(manifest.annotations()).containsExactly(Map.entry("k", "v"));
        });
    }

    @Test
    void anIndexKnowsWhatANodeCouldRun() {
        OciDocument document = parse(
                """
                {"schemaVersion":2,"manifests":[
                  {"mediaType":"%1$s","digest":"%2$s0","size":1,"platform":{"os":"unknown","architecture":"unknown"}},
                  {"mediaType":"%1$s","digest":"%2$s1","size":1,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
                  {"mediaType":"%1$s","digest":"%2$s2","size":1,"platform":{"os":"linux","architecture":"amd64"}},
                  {"mediaType":"%1$s","digest":"%2$s3","size":1}]}
                """.formatted(MediaType.OCI_MANIFEST, D.substring(0, D.length() - 1)),
                MediaType.OCI_INDEX + "; charset=utf-8");

        assertThat(document).isInstanceOfSatisfying(Index.class, index -> {
            assertThat(index.runnable())
                    .extracting(entry -> entry.digest().hex().charAt(63))
                    .containsExactly('1', '2', '3');
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    [1]                                            | `` | MANIFEST_MALFORMED | Could not read manifest of r/a:1: it is not a JSON object. Push the image again.
                    {"schemaVersion":2,"config":{},"manifests":[]} | application/vnd.oci.image.index.v1+json | MANIFEST_MALFORMED | Could not read manifest of r/a:1: it has the fields of a manifest and of an index. Push the image again.
                    {"schemaVersion":2,"layers":[]}                | application/vnd.oci.image.manifest.v1+json | MANIFEST_MALFORMED | Could not read manifest of r/a:1: it has no config. Push the image again.
                    {"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]} | application/vnd.oci.image.manifest.v1+json | MANIFEST_MALFORMED | Could not read manifest of r/a:1: the registry serves it as "application/vnd.oci.image.manifest.v1+json", but it states "application/vnd.oci.image.index.v1+json". Push the image again.
                    {"manifests":[{"digest":"x","size":1}]}        | application/vnd.oci.image.index.v1+json | MANIFEST_MALFORMED | Could not read manifest of r/a:1: manifests[0].digest is not a digest. Push the image again.
                    {"schemaVersion":1,"fsLayers":[]}              | application/vnd.docker.distribution.manifest.v1+prettyjws | MEDIA_TYPE_UNSUPPORTED | Could not read manifest of r/a:1: its media type is "application/vnd.docker.distribution.manifest.v1+prettyjws". Only OCI and Docker schema 2 manifests and indexes are supported; push the image again with a current tool.
                    """)
    void refusesWhatCouldBeReadInTwoWays(String json, String contentType, Code code, String message) {
        assertThatThrownBy(() -> parse(json, contentType))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(message);
    }

    @Test
    void boundsEntriesAndDepthAndRefusesDuplicateKeys() {
        Limits one = Limits.of(Map.of(Limit.INDEX_MANIFESTS, 1L));
        String entry = "{\"digest\":\"%s\",\"size\":1}".formatted(D);
        assertThatThrownBy(() -> parse("{\"manifests\":[%s,%s]}".formatted(entry, entry), MediaType.OCI_INDEX, one))
                .hasMessage(
                        "Could not read manifest of r/a:1: it exceeds the limit 'index-manifests' of 1 manifests. If it is meant to be that large, raise the setting --limit index-manifests=….");
        assertThatThrownBy(() -> parse("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}", MediaType.OCI_INDEX))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED));
        assertThatThrownBy(
                        () -> parse("{\"config\":%s,\"config\":%s}".formatted(CONFIG, CONFIG), MediaType.OCI_MANIFEST))
                .hasMessageContaining("the key \"config\" stands twice in one object");
    }

    @Test
    void readsLabelsOfAConfiguration() {
        ImageConfig config = ImageConfig.parse(
                "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Labels\":{\"a\":\"b\",\"A\":\"c\",\"n\":null}}}"
                        .getBytes(StandardCharsets.UTF_8),
                Limits.defaults(),
                "config of r/a:1");

        assertThat(config).isEqualTo(new ImageConfig(Platform.LINUX_AMD64, Map.of("a", "b", "A", "c", "n", "")));
    }
}
