package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.OTHER;
import static dev.landwaiter.verify.Fixtures.file;
import static dev.landwaiter.verify.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.testregistry.CosignSigner;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On files that cosign made, whole and with one thing changed. */
class ClaimReaderTest {
    private static final String SIGN = "https://sigstore.dev/cosign/sign/v1";

    private final ClaimReader reader = new ClaimReader(BUSYBOX, Limits.defaults());
    private final PublicKey key = PublicKeys.parse(text("cosign-key.pub"), Code.SETTING_INVALID, "the fixture");

    @Test
    void cosignsBundleIsSignedByItsKey() {
        assertThat(reader.bundle(file("busybox.55f9036e.bundle.json"), "here"))
                .isInstanceOfSatisfying(Claim.Signature.class, signed -> {
                    assertThat(signed.format()).isEqualTo(Evidence.Format.SIGSTORE_BUNDLE);
                    assertThat(signed.bundle().keyless()).isFalse();
                    assertThat(byKey(signed)).isTrue();
                });
    }

    @Test
    void cosignsOldFormIsSignedByItsKey() {
        assertThat(reader.simple(layer("busybox.sig-manifest.json"), file("busybox.payload.json"), "here"))
                .isInstanceOfSatisfying(Claim.Signature.class, signed -> {
                    assertThat(signed.format()).isEqualTo(Evidence.Format.COSIGN_SIMPLE);
                    assertThat(signed.bundle().keyless()).isFalse();
                    assertThat(byKey(signed)).isTrue();
                });
    }

    @Test
    void aKeylessSignatureIsKnownAsSuchAndNotByAKey() {
        Claim bundle = reader.bundle(file("keyless.bcbeca3d.bundle.json"), "here");
        Claim simple =
                reader.simple(layer("legacy-trixie.sig-manifest.json"), file("legacy-trixie.payload.json"), "here");
        assertThat(List.of(bundle, simple))
                .allSatisfy(claim -> assertThat(claim).isInstanceOfSatisfying(Claim.Signature.class, signed -> {
                    assertThat(signed.bundle().keyless()).isTrue();
                    assertThat(byKey(signed)).isFalse();
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.dev.sigstore.bundle+json;version=0.1",
                "application/vnd.dev.sigstore.bundle+json;version=0.2",
                "application/vnd.dev.sigstore.bundle+json;version=0.3"
            })
    void knowsEveryVersionOfTheBundle(String mediaType) {
        byte[] bundle = text("busybox.55f9036e.bundle.json")
                .replace("application/vnd.dev.sigstore.bundle.v0.3+json", mediaType)
                .getBytes(StandardCharsets.UTF_8);
        assertThat(reader.bundle(bundle, "here")).isInstanceOf(Claim.Signature.class);
    }

    @Test
    void anOlderStatementIsFineToo() {
        assertThat(reader.bundle(
                        bundle(statement().replace("Statement/v1", "Statement/v0.1"), "application/vnd.in-toto+json"),
                        "here"))
                .isInstanceOf(Claim.Signature.class);
    }

    @Test
    void oneOfSeveralSubjectsIsEnough() {
        String others =
                "[{\"digest\":{\"sha256\":\"aa\"}},{\"digest\":{\"sha512\":\"bb\"}},{\"name\":\"no digest\"},{\"digest\":{\"sha256\":\"%s\"}}]"
                        .formatted(BUSYBOX.hex());
        String several = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"%s\",\"subject\":%s}"
                .formatted(SIGN, others);
        assertThat(reader.bundle(bundle(several, "application/vnd.in-toto+json"), "here"))
                .isInstanceOf(Claim.Signature.class);
    }

    @Test
    @Tag("attack-57")
    @DisplayName("Attack 57: a statement has more room than a bundle around it, and none without a limit")
    void tokensAreBounded() {
        ClaimReader strict =
                new ClaimReader(BUSYBOX, Limits.of(Map.of(Limit.JSON_TOKENS, 100L, Limit.STATEMENT_TOKENS, 200L)));
        String predicate = "\"predicate\":{\"x\":[%s0]";
        String roomy = statement().replace("\"predicate\":{", predicate.formatted("0,".repeat(100)));
        String stuffed = statement().replace("\"predicate\":{", predicate.formatted("{},".repeat(100)));
        assertThat(strict.bundle(bundle(roomy, "application/vnd.in-toto+json"), "here"))
                .isInstanceOf(Claim.Signature.class);
        assertThat(strict.bundle(bundle(stuffed, "application/vnd.in-toto+json"), "here"))
                .isEqualTo(new Claim.Defective(
                        "here", "can't be read: it exceeds the limit 'statement-tokens' of 200 tokens", ""));
        assertThat(strict.bundle(("{\"x\":[" + "[],".repeat(50) + "0]}").getBytes(StandardCharsets.UTF_8), "here"))
                .isEqualTo(new Claim.Defective(
                        "here", "can't be read: it exceeds the limit 'json-tokens' of 100 tokens", ""));
    }

    @ParameterizedTest
    @Tag("attack-17")
    @DisplayName("Attack 17: a bundle with one field changed is no signature")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "application/vnd.dev.sigstore.bundle.v0.3+json | application/vnd.dev.sigstore.bundle.v0.9+json | can't be read: it is of the unknown type \"application/vnd.dev.sigstore.bundle.v0.9+json\"",
                "\"mediaType\" | \"mediaTypo\" | can't be read: mediaType is missing",
                "dsseEnvelope | dsseEnvelop | can't be read: it must hold either a dsseEnvelope or a messageSignature",
                "application/vnd.in-toto+json | application/json | has a payload of type \"application/json\" instead of \"application/vnd.in-toto+json\"",
                "payloadType | payloadTypo | can't be read: dsseEnvelope.payloadType is missing",
                "[{\"sig\" | [{\"sig\":\"AAAA\"},{\"sig\" | can't be read: its envelope has more than one signature",
                "\"sig\" | \"sag\" | can't be read: dsseEnvelope.signatures[0].sig is missing",
                "\"signatures\" | \"payload\" | can't be read: it is not well-formed JSON at line 1, column 547 (the key \"payload\" stands twice in one object)",
                "\"payload\":\" | \"payload\":\"!! | can't be read: dsseEnvelope.payload is not Base64",
                "}]}} | }]} | can't be read: it is not well-formed JSON at line 1, column 659 (Unexpected end-of-input: expected close marker for…",
            })
    void aBundleWithOneFieldChangedIsNoSignature(String from, String to, String why) {
        String bundle = text("busybox.55f9036e.bundle.json");
        assertThat(bundle).contains(from);
        assertThat(reader.bundle(bundle.replace(from, to).getBytes(StandardCharsets.UTF_8), "here"))
                .isEqualTo(new Claim.Defective("here", why, ""));
    }

    @ParameterizedTest
    @Tag("attack-17")
    @DisplayName("Attack 17: a bundle whose statement has one field changed is no signature")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "https://in-toto.io/Statement/v1 | https://in-toto.io/Statement/v2 | holds a statement of the unknown type \"https://in-toto.io/Statement/v2\"",
                "_type | typo | holds a statement of the unknown type \"\"",
                "sha256 | sha512 | is for another digest, sha512:4127b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f",
                "4127b7963c | 4127b7963d | is for another digest, sha256:4127b7963d0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f",
                "\"subject\" | \"subjects\" | ~is for another digest, ~",
                "\"predicateType\" | \"subject\" | can't be read: the key \"subject\" stands twice in one object",
            })
    void aStatementWithOneFieldChangedIsNoSignature(String from, String to, String why) {
        assertThat(statement()).contains(from);
        assertThat(reader.bundle(bundle(statement().replace(from, to), "application/vnd.in-toto+json"), "here"))
                .isEqualTo(new Claim.Defective("here", why, ""));
    }

    @ParameterizedTest
    @Tag("attack-51")
    @DisplayName(
            "Attack 51: a statement that speaks of one image to us and of another to who ignores case is of neither")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"subject\": | \"Subject\":[],\"subject\": | can't be read: it has the key \"Subject\", which some readers take for \"subject\"",
                "\"digest\": | \"digest\":{},\"Digest\": | can't be read: subject[0] has the keys \"digest\" and \"Digest\", which some readers take for one",
                "\"digest\": | \"dige\u017ft\": | can't be read: subject[0] has the key \"dige\u017ft\", which some readers take for \"digest\"",
                "\"predicateType\": | \"predicate_type\":\"x\",\"predicateType\": | can't be read: it has the key \"predicate_type\", which some readers take for \"predicateType\"",
                "\"_type\": | \"_Type\":\"x\",\"_type\": | can't be read: it has the key \"_Type\", which some readers take for \"_type\"",
                "\"subject\":[ | \"subject\":[1, | can't be read: subject[0] is not an object",
            })
    void aStatementThatCouldBeReadInTwoWaysIsNoSignature(String from, String to, String why) {
        assertThat(statement()).contains(from);
        assertThat(reader.bundle(
                        bundle(statement().replaceFirst(Pattern.quote(from), to), "application/vnd.in-toto+json"),
                        "here"))
                .isEqualTo(new Claim.Defective("here", why, ""));
    }

    @ParameterizedTest
    @Tag("attack-51")
    @DisplayName("Attack 51: so is a payload of the old form")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"critical\": | \"Critical\":{},\"critical\": | it has the key \"Critical\"",
                "\"image\": | \"image\":{\"docker-manifest-digest\":\"sha256:00\"},\"Image\": | critical has the keys \"image\" and \"Image\"",
                "\"docker-manifest-digest\": | \"Docker-Manifest-Digest\":\"sha256:00\",\"docker-manifest-digest\": | critical.image has the key \"Docker-Manifest-Digest\"",
                "\"type\": | \"Type\":\"x\",\"type\": | critical has the key \"Type\"",
            })
    void aPayloadThatCouldBeReadInTwoWaysIsNoSignature(String from, String to, String why) {
        String payload = text("busybox.payload.json");
        assertThat(payload).contains(from);
        assertThat(reader.simple(
                        layer("busybox.sig-manifest.json"),
                        payload.replaceFirst(Pattern.quote(from), to).getBytes(StandardCharsets.UTF_8),
                        "here"))
                .isInstanceOfSatisfying(
                        Claim.Defective.class,
                        defective -> assertThat(defective.why())
                                .startsWith("can't be read: " + why + ", which some readers"));
    }

    @Test
    @Tag("attack-16")
    @DisplayName("Attack 16: an attestation of another type is no signature, whoever signed it")
    void anAttestationOfAnotherTypeIsNoSignature() {
        byte[] provenance =
                bundle(statement().replace(SIGN, "https://slsa.dev/provenance/v1"), "application/vnd.in-toto+json");
        assertThat(reader.bundle(provenance, "here"))
                .isInstanceOfSatisfying(
                        Claim.Attested.class,
                        attested -> assertThat(attested.predicateType()).isEqualTo("https://slsa.dev/provenance/v1"));
    }

    @Test
    void aSignatureOfABlobIsNoneOfAnImage() {
        byte[] bundle =
                "{\"mediaType\":\"%s\",\"verificationMaterial\":{\"publicKey\":{}},\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"AAAA\"},\"signature\":\"AAAA\"}}"
                        .formatted(CosignSigner.BUNDLE)
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(reader.bundle(bundle, "here")).isEqualTo(new Claim.Unrelated("here", "a signature of a blob"));
    }

    @Test
    @Tag("attack-4")
    @DisplayName("Attack 4: a statement stuffed with subjects is no signature")
    void aStatementStuffedWithSubjectsIsNoSignature() {
        String subject = "{\"digest\":{\"sha256\":\"%s\"}}".formatted(BUSYBOX.hex());
        String many = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"%s\",\"subject\":[%s]}"
                .formatted(SIGN, IntStream.range(0, 65).mapToObj(i -> subject).collect(Collectors.joining(",")));
        assertThat(reader.bundle(bundle(many, "application/vnd.in-toto+json"), "here"))
                .isEqualTo(new Claim.Defective("here", "has 65 subjects; the limit 'subjects' is 64", ""));
    }

    @ParameterizedTest
    @Tag("attack-17")
    @DisplayName("Attack 17: a payload of the old form with one field changed is no signature")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "cosign container image signature | atomic container signature | has the type \"atomic container signature\" instead of \"cosign container image signature\"",
                "\"type\" | \"kind\" | has the type \"\" instead of \"cosign container image signature\"",
                "\"critical\" | \"Critical\" | can't be read: it has the key \"Critical\", which some readers take for \"critical\"",
                "sha256:4127 | sha256:4128 | is for another digest, sha256:4128b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f",
                "docker-manifest-digest | docker-digest | ~is for another digest, ~",
                "\"optional\" | \"critical\" | can't be read: the key \"critical\" stands twice in one object",
                "null} | null}} | can't be read: it is not well-formed JSON at line 1, column 244 (Unexpected close marker '}': no open Object to clo…",
            })
    void aPayloadWithOneFieldChangedIsNoSignature(String from, String to, String why) {
        String payload = text("busybox.payload.json");
        assertThat(payload).contains(from);
        assertThat(reader.simple(
                        layer("busybox.sig-manifest.json"),
                        payload.replace(from, to).getBytes(StandardCharsets.UTF_8),
                        "here"))
                .isEqualTo(new Claim.Defective("here", why, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~|has no signature in its annotation \"dev.cosignproject.cosign/signature\"",
                "not base64!|can't be read: dev.cosignproject.cosign/signature is not Base64",
            })
    void theOldFormNeedsASignatureInItsAnnotation(String annotation, String why) {
        Descriptor layer = new Descriptor(
                MediaType.SIMPLE_SIGNING,
                BUSYBOX,
                1,
                null,
                "",
                Map.of("dev.cosignproject.cosign/signature", annotation));
        assertThat(reader.simple(layer, file("busybox.payload.json"), "here"))
                .isEqualTo(new Claim.Defective("here", why, ""));
    }

    @Test
    void anotherImagesSignatureIsForAnotherDigest() {
        ClaimReader other = new ClaimReader(OTHER, Limits.defaults());
        assertThat(other.bundle(file("busybox.55f9036e.bundle.json"), "here"))
                .isEqualTo(new Claim.Defective("here", "is for another digest, " + BUSYBOX, ""));
    }

    @Test
    void whateverIsThrownAtItIsAClaim() {
        byte[] bundle = file("busybox.55f9036e.bundle.json");
        byte[] payload = file("busybox.payload.json");
        for (int cut = 0; cut < payload.length; cut++) {
            assertThat(reader.simple(layer("busybox.sig-manifest.json"), java.util.Arrays.copyOf(payload, cut), "here"))
                    .isInstanceOf(Claim.Defective.class);
        }
        for (int cut = 0; cut < bundle.length; cut++) {
            assertThat(reader.bundle(java.util.Arrays.copyOf(bundle, cut), "here"))
                    .isInstanceOf(Claim.Defective.class);
        }
        for (String json : List.of("null", "[]", "7", "\"text\"", "{}", "[".repeat(100_000))) {
            assertThat(reader.bundle(json.getBytes(StandardCharsets.UTF_8), "here"))
                    .isInstanceOf(Claim.Defective.class);
            assertThat(reader.bundle(bundle(json, "application/vnd.in-toto+json"), "here"))
                    .isInstanceOf(Claim.Defective.class);
        }
    }

    private boolean byKey(Claim.Signed signed) {
        return new BundleVerifier().byKey(signed.bundle(), key, Demands.NONE).isPresent();
    }

    /** The statement of the fixture's bundle. */
    private static String statement() {
        String bundle = text("busybox.55f9036e.bundle.json");
        int start = bundle.indexOf("\"payload\":\"") + "\"payload\":\"".length();
        return new String(
                Base64.getDecoder().decode(bundle.substring(start, bundle.indexOf('"', start))),
                StandardCharsets.UTF_8);
    }

    private static byte[] bundle(String statement, String payloadType) {
        return """
                {"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{}},
                 "dsseEnvelope":{"payload":"%s","payloadType":"%s","signatures":[{"sig":"AAAA"}]}}""".formatted(
                        Base64.getEncoder().encodeToString(statement.getBytes(StandardCharsets.UTF_8)), payloadType)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Descriptor layer(String manifest) {
        byte[] content = file(manifest);
        OciDocument document = OciDocument.parse(content, Digest.sha256(content), "", Limits.defaults(), "the fixture");
        return ((Manifest) document).layers().getFirst();
    }
}
