package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.file;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static dev.landwaiter.verify.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import dev.landwaiter.failure.Code;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Identity;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.TextMatch;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keyless signatures that cosign made with a private Sigstore, of one image. */
@Timeout(60)
class KeylessTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ISSUER = "http://127.0.0.1:9800";
    private static final TrustedRoot ROOT = TrustedRoot.parse(file("trusted-root.json"), "the fixture");
    private static final Demands LOGGED = new Demands(Optional.of(ROOT), Optional.of(ROOT), Optional.empty());
    private static final Demands WITNESSED = new Demands(Optional.of(ROOT), Optional.of(ROOT), Optional.of(ROOT));
    private static final String IMAGE = "ghcr.io/acme/api@" + BUSYBOX;
    private static final String NEXT = ". Sign it with an identity that the policy names: cosign sign " + IMAGE + ".";

    private final FakeArtifacts artifacts = new FakeArtifacts();
    private final PolicyVerifier verifier = Fixtures.verifier(artifacts);

    @Test
    @DisplayName("A bundle with a log entry and a timestamp verifies, and says who, when, where and in which format")
    void aBundleVerifies() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        assertThat(evidence(verify(exactly("dev@example.test", WITNESSED)))).satisfies(evidence -> {
            assertThat(evidence.authority()).isEqualTo("ci");
            assertThat(evidence.format()).isEqualTo(Evidence.Format.SIGSTORE_BUNDLE);
            assertThat(evidence.signed()).isEqualTo(BUSYBOX);
            assertThat(evidence.signer()).isEqualTo("dev@example.test (issuer " + ISSUER + ")");
            assertThat(evidence.recorded()).isEqualTo(evidence.signer());
            assertThat(evidence.time()).isBetween("2026-11-20T22:17:00Z", "2026-11-20T22:27:01Z");
            assertThat(evidence.log()).isNotNull();
            assertThat(evidence.way()).isEqualTo(Evidence.Way.ITSELF);
        });
    }

    @Test
    void theOldFormVerifiesByItsAnnotations() {
        simple("legacy-sid", Map.of());
        assertThat(evidence(verify(exactly("dev@example.test", LOGGED)))).satisfies(evidence -> {
            assertThat(evidence.format()).isEqualTo(Evidence.Format.COSIGN_SIMPLE);
            assertThat(evidence.signer()).isEqualTo("dev@example.test (issuer " + ISSUER + ")");
            assertThat(evidence.log()).isNotNull();
        });
    }

    @Test
    void aPatternIsEnoughWhereThePolicyHasOne() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        TextMatch example = new TextMatch.Search(Pattern.compile("@example\\.test$"));
        assertThat(verify(keyless(WITNESSED, new Identity(new TextMatch.Exact(ISSUER), example, Map.of()))))
                .isInstanceOf(Verdict.Verified.class);
    }

    @Test
    @Tag("attack-20")
    @DisplayName(
            "Attack 20: a good signature with a good log entry by somebody else is refused, and it is told who it was")
    void somebodyElsesSignatureIsRefused() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        simple("legacy-sid", Map.of());
        assertThat(verify(exactly("ci@example.test", LOGGED)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE + ": 2 signatures were found, but the one in tag sha256-"
                                + BUSYBOX.hex()
                                + ".sig was signed by \"dev@example.test\" (issuer \"http://127.0.0.1:9800\"), "
                                + "and authority \"ci\" asks for subject \"ci@example.test\" and issuer \"http://127.0.0.1:9800\""
                                + NEXT));
    }

    @Test
    @Tag("attack-20")
    @DisplayName("Attack 20: whoever has the subject by another issuer, or lacks an extension, is somebody else")
    void theIssuerAndTheExtensionsCount() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        TextMatch subject = new TextMatch.Exact("dev@example.test");
        Identity otherIssuer = new Identity(new TextMatch.Exact("https://accounts.google.com"), subject, Map.of());
        Identity extension = new Identity(
                new TextMatch.Any(), subject, Map.of("githubWorkflowRepository", new TextMatch.Exact("acme/api")));
        assertThat(verify(keyless(WITNESSED, otherIssuer, extension)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE
                                + ": 1 signature was found, but it was signed by \"dev@example.test\" (issuer \"http://127.0.0.1:9800\", no githubWorkflowRepository), "
                                + "and authority \"ci\" asks for subject \"dev@example.test\" and issuer \"https://accounts.google.com\", "
                                + "or subject \"dev@example.test\" and issuer of any text and githubWorkflowRepository \"acme/api\""
                                + NEXT));
    }

    @Test
    void aSignatureThatAKeyMadeIsToldApart() {
        artifacts.bundle(BUSYBOX, keyMade(SigningKey.p256()));
        assertThat(verify(exactly("dev@example.test", LOGGED)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE
                                + ": 1 signature was found, but it was made with a key, and authority \"ci\" asks for a certificate (keyless) of "
                                + "subject \"dev@example.test\" and issuer \"http://127.0.0.1:9800\"" + NEXT));
    }

    @Test
    void anUnsignedImageIsToldHowToBeSigned() {
        assertThat(verify(exactly("dev@example.test", LOGGED)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_MISSING,
                        "Could not find a signature of " + IMAGE + ": there is none under its tag sha256-"
                                + BUSYBOX.hex().substring(0, 12)
                                + "….sig nor among its referrers. Sign it: cosign sign " + IMAGE + "."));
    }

    @Test
    void aTimestampThatIsAskedForAndNotThereIsToldAndHowToAddOne() {
        simple("legacy-sid", Map.of());
        assertThat(verify(exactly("dev@example.test", WITNESSED)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE + ": 1 signature was found, but it has no timestamp. "
                                + "Sign it with a timestamp by an authority that the policy's trust root names: "
                                + "cosign sign --signing-config <file that names the authority> " + IMAGE
                                + ", or with cosign 2 cosign sign --timestamp-server-url <authority> " + IMAGE + "."));
    }

    @Test
    void aLogEntryThatIsAskedForAndNotThereIsToldAndHowToAddOne() {
        ObjectNode bundle = (ObjectNode) json(text("keyless.bcbeca3d.bundle.json"));
        ((ObjectNode) bundle.path("verificationMaterial")).remove("tlogEntries");
        artifacts.bundle(BUSYBOX, bundle.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(verify(exactly("dev@example.test", WITNESSED)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE + ": 1 signature was found, but it has no transparency log entry. "
                                + "Sign it with an entry in a transparency log that the policy's trust root names: "
                                + "cosign sign --signing-config <file that names the log> " + IMAGE
                                + ", or with cosign 2 cosign sign --tlog-upload=true --rekor-url <log> " + IMAGE
                                + "."));
    }

    @Test
    void aKeysSignatureIsToldHowToAddAWitnessWithTheKey() {
        SigningKey release = SigningKey.p256();
        artifacts.bundle(BUSYBOX, keyMade(release));
        assertThat(verify(byKey(release, new Demands(Optional.empty(), Optional.of(ROOT), Optional.empty()))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE + ": 1 signature was found, but it has no transparency log entry. "
                                + "Sign it with an entry in a transparency log that the policy's trust root names: "
                                + "cosign sign --key <key> --signing-config <file that names the log> " + IMAGE
                                + ", or with cosign 2 cosign sign --key <key> --tlog-upload=true --rekor-url <log> "
                                + IMAGE + "."));
        assertThat(verify(byKey(release, new Demands(Optional.empty(), Optional.empty(), Optional.of(ROOT)))))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE + ": 1 signature was found, but it has no timestamp. "
                                + "Sign it with a timestamp by an authority that the policy's trust root names: "
                                + "cosign sign --key <key> --signing-config <file that names the authority> " + IMAGE
                                + ", or with cosign 2 cosign sign --key <key> --timestamp-server-url <authority> "
                                + IMAGE + "."));
    }

    @Test
    @DisplayName("Where the trust root may be wrong, whoever is refused is not simply sent to sign again")
    void aTrustRootThatMayBeWrongIsToldBeforeAnythingElse() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        String found = "Could not verify " + IMAGE + ": 1 signature was found, but it ";
        String sign = "If it is, sign it with an identity that the policy names: cosign sign " + IMAGE + ".";

        assertThat(refusal(root -> root.remove("certificateAuthorities")))
                .isEqualTo(found
                        + "has a certificate of \"CN=kc-fulcio,O=kc\", which is not a certificate authority of the trust root. "
                        + "Ask a cluster admin whether TrustRoot \"acme\" is the right one and up to date: it names no certificate authority. "
                        + sign);
        assertThat(refusal(root -> root.path("certificateAuthorities")
                        .forEach(entry -> ((ObjectNode) entry.path("validFor")).put("end", "2026-11-20T00:00:00Z"))))
                .startsWith(found + "has a certificate that the certificate authority ")
                .contains(" is the right one and up to date: it has that certificate authority count from ")
                .contains(" to 2026-11-20T00:00:00Z. " + sign);
        assertThat(refusal(root -> root.remove("ctlogs")))
                .isEqualTo(found
                        + "has a certificate that no certificate log of the trust root vouches for. "
                        + "Ask a cluster admin whether TrustRoot \"acme\" is the right one and up to date: "
                        + "it names no certificate transparency log, and that certificate is in one. "
                        + sign);
        assertThat(refusal(root -> root.path("tlogs")
                        .forEach(log -> ((ObjectNode) log.path("logId")).put("keyId", "A".repeat(43) + "="))))
                .startsWith(
                        found
                                + "has no entry of a transparency log that the trust root names. "
                                + "Ask a cluster admin whether TrustRoot \"acme\" is the right one and up to date: it names only the transparency log")
                .contains(
                        ". If it is, sign it with an entry in a transparency log that the policy's trust root names: cosign sign --signing-config <file that names the log> ");
    }

    /** Of the recorded signature, by its trust root with one {@code change}. */
    private String refusal(Consumer<ObjectNode> change) {
        ObjectNode changed = (ObjectNode) json(text("trusted-root.json"));
        change.accept(changed);
        TrustedRoot root = TrustedRoot.parse(changed.toString().getBytes(StandardCharsets.UTF_8), "TrustRoot \"acme\"");
        return rejected(verify(exactly("dev@example.test", Demands.keyless(root))))
                .message();
    }

    @Test
    @Tag("attack-19")
    @DisplayName("Attack 19: a log bundle copied from another signature does not vouch for this one")
    void aLogBundleOfAnotherSignatureIsRefused() {
        String foreign = layer("legacy-trixie")
                .path("annotations")
                .path("dev.sigstore.cosign/bundle")
                .textValue();
        simple("legacy-sid", Map.of("dev.sigstore.cosign/bundle", foreign));
        Verdict.Rejected rejected = rejected(verify(exactly("dev@example.test", LOGGED)));
        assertThat(rejected.code()).isEqualTo(Code.SIGNATURE_INVALID);
        assertThat(rejected.message()).startsWith("Could not verify " + IMAGE + ": 1 signature was found, but it ");
    }

    @Test
    @Tag("attack-18")
    @DisplayName("Attack 18: a log entry that is about another artefact does not vouch for this one")
    void aLogEntryOfAnotherArtefactIsRefused() {
        ObjectNode bundle = (ObjectNode) json(text("keyless.bcbeca3d.bundle.json"));
        JsonNode foreign = json(text("legacy-sid.4d6a56b6.bundle.json"));
        ((ObjectNode) bundle.path("verificationMaterial"))
                .set("tlogEntries", foreign.path("verificationMaterial").path("tlogEntries"));
        artifacts.bundle(BUSYBOX, bundle.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(rejected(verify(exactly("dev@example.test", LOGGED))).code()).isEqualTo(Code.SIGNATURE_INVALID);
    }

    @Test
    @Tag("attack-17")
    @DisplayName("Attack 17: a payload that was changed after it was signed is nobody's, whatever the log says")
    void aChangedPayloadIsNobodys() {
        ObjectNode bundle = (ObjectNode) json(text("keyless.bcbeca3d.bundle.json"));
        byte[] statement = CosignSigner.statement(
                BUSYBOX,
                CosignSigner.SIGNATURE_PREDICATE,
                JSON.createObjectNode().put("more", 1));
        ((ObjectNode) bundle.path("dsseEnvelope")).put("payload", statement);
        artifacts.bundle(BUSYBOX, bundle.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(rejected(verify(exactly("dev@example.test", WITNESSED))).code())
                .isEqualTo(Code.SIGNATURE_INVALID);
    }

    @Test
    void aKeyAndAnIdentityAreEachToldWhyTheyDidNotPass() {
        artifacts.bundle(BUSYBOX, file("keyless.bcbeca3d.bundle.json"));
        SigningKey release = SigningKey.p256();
        Authority.Key key = (Authority.Key) Fixtures.key("release", release);
        assertThat(verify(key, exactly("ci@example.test", WITNESSED)))
                .isEqualTo(new Verdict.Rejected(
                        Code.SIGNATURE_INVALID,
                        "Could not verify " + IMAGE
                                + ": 1 signature was found, but it is not by the key of authority \"release\" ("
                                + key.keys().getFirst().fingerprint() + "): it was made with a certificate (keyless); "
                                + "1 signature was found, but it was signed by \"dev@example.test\" (issuer \"http://127.0.0.1:9800\"), "
                                + "and authority \"ci\" asks for subject \"ci@example.test\" and issuer \"http://127.0.0.1:9800\". "
                                + "Sign it with a key that the policy names: cosign sign --key <key> " + IMAGE + "."));
    }

    private Verdict verify(Authority... authorities) {
        return verifier.verify(image(BUSYBOX), policy(authorities), ANYBODY, soon());
    }

    private static Authority exactly(String subject, Demands demands) {
        return keyless(demands, new Identity(new TextMatch.Exact(ISSUER), new TextMatch.Exact(subject), Map.of()));
    }

    private static Authority keyless(Demands demands, Identity... identities) {
        return new Authority.Keyless("ci", List.of(identities), new Terms(List.of(), demands, List.of()));
    }

    private static Authority byKey(SigningKey key, Demands demands) {
        return new Authority.Key(
                "release",
                VerificationKey.parseAll(key.publicPem(), "release"),
                new Terms(List.of(), demands, List.of()));
    }

    private static byte[] keyMade(SigningKey key) {
        byte[] statement = CosignSigner.statement(BUSYBOX, CosignSigner.SIGNATURE_PREDICATE, JSON.createObjectNode());
        return CosignSigner.bundle("application/vnd.in-toto+json", statement, key);
    }

    /** The fixture's signature of the old form, with some of its annotations replaced. */
    private void simple(String fixture, Map<String, String> replaced) {
        Map<String, String> annotations = new HashMap<>();
        layer(fixture)
                .path("annotations")
                .properties()
                .forEach(one -> annotations.put(one.getKey(), one.getValue().textValue()));
        annotations.putAll(replaced);
        artifacts.simple(BUSYBOX, file(fixture + ".payload.json"), annotations);
    }

    private static JsonNode layer(String fixture) {
        return json(text(fixture + ".sig-manifest.json")).path("layers").path(0);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Evidence evidence(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Verified.class);
        return ((Verdict.Verified) verdict).evidence().getFirst();
    }

    private static Verdict.Rejected rejected(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return (Verdict.Rejected) verdict;
    }
}
