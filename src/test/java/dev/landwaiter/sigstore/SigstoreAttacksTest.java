package dev.landwaiter.sigstore;

import static dev.landwaiter.sigstore.World.ARTIFACT;
import static dev.landwaiter.sigstore.World.IN_TOTO;
import static dev.landwaiter.sigstore.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.PrivateSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.SigningIdentity;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestFulcio;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has been done to verifiers of signatures before. */
class SigstoreAttacksTest {
    private final World world = new World();

    private static Failure refusal(ThrowingCallable verify) {
        Failure failure = catchThrowableOfType(Failure.class, verify);
        assertThat(failure).as("refused").isNotNull();
        assertThat(failure.code()).isIn(Code.SIGNATURE_INVALID, Code.LIMIT_EXCEEDED);
        return failure;
    }

    private ObjectNode envelope() {
        return world.workflow.envelopeJson(IN_TOTO, ARTIFACT);
    }

    /** Bytes that this thread allocated while it ran {@code verify}, which must be refused. */
    private static long allocatedBy(Supplier<Proof> verify) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Failure _ = refusal(verify::get); // classes are loaded
        long before = threads.getCurrentThreadAllocatedBytes();
        Failure _ = refusal(verify::get);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    @Tag("attack-03")
    @DisplayName("Attack 03: a tree, an index and a checkpoint of astronomic size cost nothing")
    void statedCountsAllocateNothing() {
        ObjectNode bundle = envelope();
        ObjectNode proof = (ObjectNode) World.entry(bundle).path("inclusionProof");
        String huge = Long.toString(Long.MAX_VALUE);
        proof.put("treeSize", huge).put("logIndex", Long.toString(Long.MAX_VALUE - 1));
        World.entry(bundle).put("logIndex", Long.toString(Long.MAX_VALUE - 1));
        assertThat(allocatedBy(() -> world.verify(bundle))).isLessThan(4 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30847fffffff", "3080", "a0847fffffff", "048420000000", "3084ffffffff"})
    @Tag("attack-03")
    @DisplayName("Attack 03: a timestamp and a certificate that state a length of gigabytes allocate nothing")
    void statedLengthsAllocateNothing(String header) {
        byte[] der = HexFormat.of().parseHex(header + "0102030405060708");
        ObjectNode stamped = envelope();
        World.material(stamped).remove("timestampVerificationData");
        PrivateSigner.addTimestamp(stamped, der);
        assertThat(allocatedBy(() -> world.verify(stamped))).isLessThan(4 << 20);
        ObjectNode certified = envelope();
        World.material(certified)
                .putObject("certificate")
                .put("rawBytes", Base64.getEncoder().encodeToString(der));
        assertThat(allocatedBy(() -> world.verify(certified))).isLessThan(4 << 20);
    }

    @Test
    @Tag("attack-04")
    @DisplayName("Attack 04: a bundle stuffed with log entries is refused by its count")
    void manyLogEntries() {
        ObjectNode bundle = envelope();
        ArrayNode entries = World.material(bundle).withArray("tlogEntries");
        JsonNode entry = entries.get(0);
        for (int i = 0; i < 100; i++) {
            entries.add(entry);
        }
        assertThat(refusal(() -> world.verify(bundle)))
                .hasMessage(
                        "Could not read the bundle: it exceeds the limit 'log-entries' of 8 entries. If it is meant to be that large, raise the setting --limit log-entries=….");
    }

    @Test
    @Tag("attack-04")
    @DisplayName("Attack 04: the same log entry twice is refused")
    void theSameLogEntryTwice() {
        ObjectNode bundle = envelope();
        PrivateSigner.addEntry(bundle, World.entry(bundle).deepCopy());
        assertThat(refusal(() -> world.verify(bundle)))
                .hasMessage(
                        "Could not read the bundle: the same log entry stands in it twice. Sign again with a current cosign.");
    }

    @Test
    @Tag("attack-04")
    @DisplayName(
            "Attack 04: a bundle stuffed with timestamps, proof hashes or checkpoint signatures is refused by its count")
    void manyOfTheRest() {
        ObjectNode timestamps = envelope();
        for (int i = 0; i < 100; i++) {
            PrivateSigner.addTimestamp(timestamps, new byte[] {1});
        }
        assertThat(refusal(() -> world.verify(timestamps)).code()).isEqualTo(Code.LIMIT_EXCEEDED);

        ObjectNode hashes = envelope();
        ArrayNode proof = ((ObjectNode) World.entry(hashes).path("inclusionProof")).withArray("hashes");
        for (int i = 0; i < 100; i++) {
            proof.add(Base64.getEncoder().encodeToString(new byte[32]));
        }
        assertThat(refusal(() -> world.verify(hashes)).code()).isEqualTo(Code.LIMIT_EXCEEDED);

        ObjectNode signatures = envelope();
        ObjectNode checkpoint =
                (ObjectNode) World.entry(signatures).path("inclusionProof").path("checkpoint");
        String note = checkpoint.path("envelope").textValue();
        String line = note.substring(note.lastIndexOf('\u2014'));
        checkpoint.put("envelope", note + line.repeat(100));
        assertThat(refusal(() -> world.verify(signatures)).message())
                .startsWith(
                        "Could not read the bundle: it exceeds the limit 'checkpoint-signatures' of 32 signatures.");
    }

    @Test
    @Timeout(20)
    @Tag("attack-08")
    @DisplayName("Attack 08: a very long chain is refused by its count")
    void aVeryLongChain() {
        ObjectNode bundle = world.workflow.messageV1Json(ARTIFACT);
        bundle.put("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.1");
        JsonNode certificate = World.material(bundle).remove("certificate");
        ArrayNode chain = World.material(bundle)
                .putObject("x509CertificateChain")
                .putArray("certificates")
                .add(certificate);
        assertThat(world.verify(bundle).time()).hasValue(NOW);
        for (int i = 0; i < 500; i++) {
            chain.add(certificate);
        }
        assertThat(refusal(() -> world.verify(bundle)).message())
                .startsWith("Could not read the bundle: it exceeds the limit 'chain-certificates' of 8 certificates.");
    }

    private ObjectNode signedBy(PublicKey key, TestFulcio.Extensions extensions) {
        X509Certificate certificate = world.sigstore.fulcio().issue(key, NOW, extensions);
        return world.sigstore.keyless(SigningKey.p256(), certificate).envelopeJson(IN_TOTO, ARTIFACT);
    }

    private static void identity(X509v3CertificateBuilder builder) throws IOException {
        TestFulcio.addIdentity(builder, World.WORKFLOW);
    }

    @Test
    @Timeout(20)
    @Tag("attack-08")
    @DisplayName("Attack 08: an RSA key beyond measure, or with an exponent as long, is never computed with")
    void hugeRsaKeys() throws Exception {
        KeyFactory rsa = KeyFactory.getInstance("RSA");
        BigInteger modulus = new BigInteger(2048, new Random(1)).setBit(2047).setBit(0);
        BigInteger huge = new BigInteger(16_000, new Random(2)).setBit(15_999).setBit(0);
        for (RSAPublicKeySpec spec : new RSAPublicKeySpec[] {
            new RSAPublicKeySpec(huge, BigInteger.valueOf(65_537)),
            new RSAPublicKeySpec(modulus, modulus.subtract(BigInteger.TWO)),
            new RSAPublicKeySpec(new BigInteger(512, new Random(3)).setBit(511).setBit(0), BigInteger.valueOf(65_537))
        }) {
            ObjectNode bundle = signedBy(rsa.generatePublic(spec), SigstoreAttacksTest::identity);
            assertThat(refusal(() -> world.verify(bundle)))
                    .hasMessage(
                            "Could not read the bundle: its certificate is damaged, or its key is not ECDSA P-256 to P-521, RSA or Ed25519. Sign again with a current cosign.");
        }
    }

    @Test
    @Timeout(20)
    @Tag("attack-08")
    @DisplayName(
            "Attack 08: a curve with parameters of its own is no curve, and a point beside the curve no key (CVE-2020-0601)")
    void curvesOfTheirOwn() throws Exception {
        X9ECParameters parameters = SECNamedCurves.getByName("secp256r1");
        byte[] point = parameters.getG().multiply(BigInteger.TEN).getEncoded(false);
        SubjectPublicKeyInfo explicit = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), point);
        assertThat(PublicKeyFormat.decode(explicit.getEncoded())).isEmpty();

        byte[] named = SigningKey.p256().keys().getPublic().getEncoded();
        assertThat(PublicKeyFormat.decode(named)).isPresent();
        byte[] beside = named.clone();
        beside[beside.length - 1] ^= 1;
        assertThat(PublicKeyFormat.decode(beside)).isEmpty();
    }

    @Test
    @Timeout(20)
    @Tag("attack-08")
    @DisplayName("Attack 08: a certificate with a thousand names or constraints is refused, even one that was issued")
    void aThousandNames() {
        PublicKey key = SigningKey.p256().keys().getPublic();
        GeneralName[] names = new GeneralName[1_000];
        GeneralSubtree[] trees = new GeneralSubtree[names.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = new GeneralName(GeneralName.rfc822Name, "user%d@acme.test".formatted(i));
            trees[i] = new GeneralSubtree(names[i]);
        }
        ObjectNode named = signedBy(
                key, builder -> builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names)));
        ObjectNode constrained = signedBy(key, builder -> {
            identity(builder);
            builder.addExtension(Extension.nameConstraints, true, new NameConstraints(null, trees));
        });
        Failure _ = refusal(() -> world.verify(named));
        Failure _ = refusal(() -> world.verify(constrained));
    }

    @Test
    @Timeout(20)
    @Tag("attack-08")
    @DisplayName("Attack 08: a certificate of megabytes is not parsed")
    void aHugeCertificate() {
        ObjectNode bundle = envelope();
        World.material(bundle)
                .putObject("certificate")
                .put("rawBytes", Base64.getEncoder().encodeToString(new byte[100_000]));
        assertThat(refusal(() -> world.verify(bundle)).message())
                .startsWith("Could not read the bundle: it exceeds the limit 'certificate-bytes' of 65536 bytes.");
    }

    @Test
    @Tag("attack-18")
    @DisplayName("Attack 18: a log entry for another artefact, signature or certificate vouches for nothing")
    void aLogEntryThatIsNotAboutTheSignature() {
        byte[] other = "another artefact".getBytes(StandardCharsets.UTF_8);
        byte[] message = Signed.encoded(IN_TOTO, ARTIFACT);
        ObjectNode bundle = envelope();
        byte[] signature = World.signature(bundle);
        PrivateSigner stranger =
                world.sigstore.keyless(SigningIdentity.email("eve@acme.test", "https://accounts.test"));

        assertThat(logged(bundle, world.workflow.hashedRekordV2(message, signature)))
                .isEqualTo("");
        assertThat(logged(bundle, world.workflow.hashedRekordV2(other, signature)))
                .isEqualTo("has a log entry for another artefact");
        assertThat(logged(
                        bundle,
                        world.workflow.hashedRekordV2(
                                message, world.workflow.key().sign(message))))
                .isEqualTo("has a log entry for another signature");
        assertThat(logged(bundle, stranger.hashedRekordV2(message, signature)))
                .isEqualTo("has a log entry for another certificate or key");
        assertThat(logged(bundle, world.sigstore.withKey(world.workflow.key()).hashedRekordV2(message, signature)))
                .as("the key alone says nothing of the certificate")
                .isEqualTo("has a log entry for another certificate or key");
    }

    /** Why it is refused with an entry of {@code body}; {@code ""} where it is not. */
    private String logged(ObjectNode bundle, ObjectNode body) {
        World.material(bundle).withArray("tlogEntries").removeAll().add(world.workflow.rekor2Entry(body));
        try {
            Proof proof = world.verify(bundle);
            return proof.log().isPresent() ? "" : "not logged";
        } catch (Failure e) {
            return e.message();
        }
    }

    @Test
    @Tag("attack-19")
    @DisplayName("Attack 19: the log bundle of another signature by the same signer is refused, in the old form too")
    void aLogBundleOfAnotherSignature() {
        ObjectNode first = world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT);
        ObjectNode second = world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT);
        World.material(first).set("tlogEntries", World.material(second).path("tlogEntries"));
        assertThat(refusal(() -> world.verify(first))).hasMessage("has a log entry for another signature");

        Map<String, String> old = new HashMap<>(world.workflow.annotations(ARTIFACT));
        old.put(
                "dev.sigstore.cosign/bundle",
                world.workflow.annotations(ARTIFACT).get("dev.sigstore.cosign/bundle"));
        assertThat(refusal(() -> world.verifyOld(ARTIFACT, old))).hasMessage("has a log entry for another signature");
    }

    @Test
    @Tag("attack-20")
    @DisplayName(
            "Attack 20: with a log bundle in place, the identity is still the certificate's that made the signature")
    void theIdentityIsTheSigners() {
        PrivateSigner eve = world.sigstore.keyless(SigningIdentity.email("eve@acme.test", "https://accounts.test"));
        Signer signer = world.verify(eve.envelopeV1Json(IN_TOTO, ARTIFACT)).signer();
        assertThat(signer).isEqualTo(new Signer.Certificate("eve@acme.test", "https://accounts.test", Map.of()));

        ObjectNode swapped = eve.envelopeV1Json(IN_TOTO, ARTIFACT);
        ObjectNode trusted = world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT);
        World.material(swapped).set("certificate", World.material(trusted).path("certificate"));
        assertThat(refusal(() -> world.verify(swapped)))
                .hasMessage("was not made by the key of its certificate, or not over this content");
        World.material(swapped).set("tlogEntries", World.material(trusted).path("tlogEntries"));
        assertThat(refusal(() -> world.verify(swapped)))
                .hasMessage("was not made by the key of its certificate, or not over this content");
    }

    @Test
    @Tag("attack-20")
    @DisplayName("Attack 20: a log that the trust root does not name lends no time and no entry")
    void aLogOfTheAttackers() {
        PrivateSigstore theirs = new PrivateSigstore(() -> NOW);
        ObjectNode bundle = world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT);
        byte[] body = World.base64(World.entry(bundle).path("canonicalizedBody"));
        ObjectNode entry = theirs.rekor1().log("dsse", "0.0.1", body, NOW);
        World.material(bundle).withArray("tlogEntries").removeAll().add(entry);
        assertThat(refusal(() -> world.verify(bundle)))
                .hasMessage("has no entry of a transparency log that the trust root names");
        // and under the name of a log that is known
        entry.putObject("logId")
                .put(
                        "keyId",
                        Base64.getEncoder()
                                .encodeToString(world.sigstore.rekor1().id()));
        assertThat(refusal(() -> world.verify(bundle)))
                .hasMessage("has a log entry whose promise (SET) was not signed by the log rekor1.test");
    }

    @Test
    @DisplayName("Whatever the bytes are, the answer is a Failure")
    void onlyFailuresLeave() {
        byte[] good = Recorded.bytes(envelope());
        Demands demands = world.demands();
        Random random = new Random(20_261_121);
        for (int i = 0; i < 600; i++) {
            byte[] bytes = good.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) (32 + random.nextInt(95));
            }
            try {
                Proof _ = world.verifier.byCertificate(Bundle.parse(bytes, Limits.defaults(), "it"), demands);
            } catch (Failure e) {
                assertThat(e.code()).isIn(Code.SIGNATURE_INVALID, Code.LIMIT_EXCEEDED);
            }
        }
    }
}
