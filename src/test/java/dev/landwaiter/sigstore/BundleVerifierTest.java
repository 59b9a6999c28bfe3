package dev.landwaiter.sigstore;

import static dev.landwaiter.sigstore.World.ARTIFACT;
import static dev.landwaiter.sigstore.World.IN_TOTO;
import static dev.landwaiter.sigstore.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.testregistry.PrivateSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.SigningIdentity;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestFulcio;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleVerifierTest {
    private final World world = new World();

    private ObjectNode envelope() {
        return world.workflow.envelopeJson(IN_TOTO, ARTIFACT);
    }

    private void refused(ObjectNode bundle, String why) {
        assertThatThrownBy(() -> world.verify(bundle)).hasMessage(why);
    }

    @Nested
    class Keyless {
        @Test
        void inRekorV2WithATimestamp() {
            assertThat(world.verify(envelope()))
                    .isEqualTo(new Proof(
                            new Signer.Certificate(
                                    "https://github.com/acme/api/.github/workflows/release.yml@refs/heads/main",
                                    "https://token.actions.githubusercontent.com",
                                    Map.of(
                                            "githubWorkflowTrigger", "push",
                                            "githubWorkflowRepository", "acme/api",
                                            "githubWorkflowRef", "refs/heads/main",
                                            "runnerEnvironment", "github-hosted",
                                            "sourceRepositoryURI", "https://github.com/acme/api",
                                            "sourceRepositoryRef", "refs/heads/main",
                                            "buildTrigger", "push")),
                            Optional.of(NOW),
                            Optional.of(new Proof.LogEntry("rekor2.test", 0))));
        }

        @Test
        void amongOthersInALogThatGrows() {
            for (long index = 0; index < 13; index++) {
                assertThat(world.verify(envelope()).log()).hasValue(new Proof.LogEntry("rekor2.test", index));
                assertThat(world.verify(world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT))
                                .log())
                        .hasValue(new Proof.LogEntry("rekor1.test", index));
            }
        }

        @Test
        void inRekorV1WithItsPromiseForATime() {
            assertThat(world.verify(world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT))
                            .time())
                    .hasValue(NOW);
            assertThat(world.verify(world.workflow.messageV1Json(ARTIFACT)).time())
                    .hasValue(NOW);
        }

        @Test
        void inTheOldForm() {
            assertThat(world.verifyOld(ARTIFACT, world.workflow.annotations(ARTIFACT))
                            .log())
                    .hasValue(new Proof.LogEntry("rekor1.test", 0));
        }

        @ParameterizedTest
        @CsvSource({"dev@acme.test", "spiffe://acme.test/builder", "dev!acme.test"})
        void byWhoeverTheCertificateNames(String subject) {
            PrivateSigner signer = world.sigstore.keyless(SigningIdentity.email(subject, "https://accounts.test"));
            assertThat(world.verify(signer.envelopeJson(IN_TOTO, ARTIFACT)).signer())
                    .isEqualTo(new Signer.Certificate(subject, "https://accounts.test", Map.of()));
        }

        @Test
        void anEnvelopeMayBeRecordedAsAHashOfWhatWasSigned() {
            ObjectNode bundle = envelope();
            byte[] message = Signed.encoded(IN_TOTO, ARTIFACT);
            ObjectNode body = world.workflow.hashedRekordV1(message, World.signature(bundle));
            ObjectNode entry = world.sigstore.rekor1().log("hashedrekord", "0.0.1", Recorded.bytes(body), NOW);
            World.material(bundle).withArray("tlogEntries").removeAll().add(entry);
            assertThat(world.verify(bundle).log()).hasValue(new Proof.LogEntry("rekor1.test", 0));
        }

        @Test
        void anotherAuthorityOfTheSameNameIsNotTakenForTheIssuer() {
            ObjectNode decoy = (ObjectNode) new PrivateSigstore(() -> NOW)
                    .trustedRootJson()
                    .path("certificateAuthorities")
                    .path(0);
            world.root.withArray("certificateAuthorities").insert(0, decoy);
            assertThat(world.verify(envelope()).time()).hasValue(NOW);
        }

        @Test
        void withoutAnyTimeItIsRefused() {
            ObjectNode bundle = envelope();
            World.material(bundle).remove("timestampVerificationData");
            refused(
                    bundle,
                    "has no trusted witness of the time at which it was signed: neither a log's promise nor a timestamp");
        }

        @Test
        void withoutATrustRootItIsRefused() {
            Bundle bundle = Recorded.bundle(envelope());
            assertThatThrownBy(() -> world.verifier.byCertificate(bundle, Demands.NONE))
                    .hasMessage("is keyless, and no trust root says whose certificates count");
        }

        @Test
        void aKeysSignatureIsNotTakenForIt() {
            ObjectNode bundle = world.sigstore.withKey(SigningKey.p256()).envelopeJson(IN_TOTO, ARTIFACT);
            refused(bundle, "came without a certificate: it was made by a key");
        }

        @Test
        void aSignatureByAnotherKeyIsRefused() {
            ObjectNode bundle = envelope();
            byte[] other = SigningKey.p256().sign(Signed.encoded(IN_TOTO, ARTIFACT));
            bundle.set("dsseEnvelope", PrivateSigner.dsse(IN_TOTO, ARTIFACT, other));
            refused(bundle, "was not made by the key of its certificate, or not over this content");
        }

        @Test
        void anArtefactThatDidNotComeAlongIsNeeded() {
            Bundle bundle = Recorded.bundle(world.workflow.messageV1Json(ARTIFACT));
            assertThatThrownBy(() -> world.verifier.byCertificate(bundle, world.demands()))
                    .hasMessage("is over an artefact that did not come along: only its digest is known");
            assertThatThrownBy(() -> bundle.over(new byte[1])).hasMessage("is for another artefact");
        }
    }

    @Nested
    class Time {
        private ObjectNode stamped(Instant... times) {
            ObjectNode bundle = envelope();
            World.material(bundle).remove("timestampVerificationData");
            for (Instant time : times) {
                PrivateSigner.addTimestamp(
                        bundle, world.sigstore.timestamps().stamp(World.signature(bundle), time, true));
            }
            return bundle;
        }

        @Test
        void isTheEarliestThatAWitnessGives() {
            assertThat(world.verify(stamped(NOW.plusSeconds(60), NOW.plusSeconds(30)))
                            .time())
                    .hasValue(NOW.plusSeconds(30));
        }

        @Test
        void mayBeTheLastMomentOfTheCertificate() {
            assertThat(world.verify(stamped(NOW.plus(TestFulcio.LIFE))).time()).hasValue(NOW.plus(TestFulcio.LIFE));
            refused(
                    stamped(NOW.plus(TestFulcio.LIFE).plusSeconds(1)),
                    "was signed at 2026-11-20T12:10:01Z, outside the validity of its certificate (2026-11-20T12:00:00Z to 2026-11-20T12:10:00Z)");
        }

        @Test
        void ofEveryTimestampMustHold() {
            refused(
                    stamped(NOW, NOW.plus(Duration.ofHours(1))),
                    "was signed at 2026-11-20T13:00:00Z, outside the validity of its certificate (2026-11-20T12:00:00Z to 2026-11-20T12:10:00Z)");
        }

        @Test
        void ofAPromiseMustHold() {
            SigningKey key = SigningKey.p256();
            X509Certificate certificate = world.sigstore
                    .fulcio()
                    .issue(key.keys().getPublic(), World.WORKFLOW, NOW.minus(Duration.ofHours(1)));
            refused(
                    world.sigstore.keyless(key, certificate).envelopeV1Json(IN_TOTO, ARTIFACT),
                    "was signed at 2026-11-20T12:00:00Z, outside the validity of its certificate (2026-11-20T11:00:00Z to 2026-11-20T11:10:00Z)");
        }

        @Test
        void ofATimestampForAnotherSignatureIsRefused() {
            ObjectNode bundle = stamped();
            PrivateSigner.addTimestamp(bundle, world.sigstore.timestamps().stamp(new byte[] {1}, NOW, true));
            refused(bundle, "has a timestamp for another signature");
        }

        @Test
        void byAStrangerSaysNothing() {
            ObjectNode bundle = stamped();
            byte[] response = new PrivateSigstore(() -> NOW).timestamps().stamp(World.signature(bundle), NOW, true);
            PrivateSigner.addTimestamp(bundle, response);
            Demands stamped =
                    new Demands(Optional.of(world.trustedRoot()), Optional.empty(), Optional.of(world.trustedRoot()));
            assertThatThrownBy(() -> world.verifier.byCertificate(Recorded.bundle(bundle), stamped))
                    .hasMessage("has no timestamp by a timestamp authority that the trust root names");
            refused(
                    bundle,
                    "has no trusted witness of the time at which it was signed: neither a log's promise nor a timestamp");
        }

        @Test
        void byAnAuthorityThatNoLongerCountsIsRefused() {
            world.end("timestampAuthorities", NOW);
            assertThat(world.verify(stamped(NOW)).time()).hasValue(NOW);
            refused(
                    stamped(NOW.plusSeconds(1)),
                    "has a timestamp of 2026-11-20T12:00:01Z by the timestamp authority timestamps.test, which counts from 2026-10-21T12:00:00Z to 2026-11-20T12:00:00Z");
        }

        @Test
        void isNotLentByAnotherAuthority() {
            ObjectNode other = (ObjectNode) new PrivateSigstore(() -> NOW)
                    .trustedRootJson()
                    .path("timestampAuthorities")
                    .path(0);
            world.end("timestampAuthorities", NOW.minusSeconds(1));
            world.root.withArray("timestampAuthorities").add(other);
            assertThatThrownBy(() -> world.verify(stamped(NOW)))
                    .hasMessageStartingWith("has a timestamp of 2026-11-20T12:00:00Z by the timestamp authority");
        }

        @Test
        void mayBeByACertificateThatTheTimestampBrings() {
            ((ObjectNode) world.authority("timestampAuthorities", 0).path("certChain"))
                    .withArray("certificates")
                    .remove(0);
            assertThat(world.verify(stamped(NOW)).time()).hasValue(NOW);
        }
    }

    @Nested
    class Certificates {
        private ObjectNode signedWith(TestFulcio.Extensions extensions) {
            SigningKey key = SigningKey.p256();
            X509Certificate certificate =
                    world.sigstore.fulcio().issue(key.keys().getPublic(), NOW, extensions);
            return world.sigstore.keyless(key, certificate).envelopeJson(IN_TOTO, ARTIFACT);
        }

        @Test
        void ofAStrangerAreRefused() {
            PrivateSigstore other = new PrivateSigstore(() -> NOW);
            SigningKey key = SigningKey.p256();
            X509Certificate certificate = other.fulcio().issue(key.keys().getPublic(), World.WORKFLOW, NOW);
            refused(
                    world.sigstore.keyless(key, certificate).envelopeJson(IN_TOTO, ARTIFACT),
                    "has a certificate that the certificate authority fulcio.test of the trust root did not issue, or not while it counts");
        }

        @Test
        void ofAnAuthorityThatNoLongerCountsAreRefused() {
            world.end("certificateAuthorities", NOW);
            assertThat(world.verify(envelope()).time()).hasValue(NOW);
            world.end("certificateAuthorities", NOW.minusSeconds(1));
            refused(
                    envelope(),
                    "has a certificate that the certificate authority fulcio.test of the trust root did not issue, or not while it counts");
        }

        @Test
        void thatNoCertificateLogKnowsAreRefused() {
            SigningKey key = SigningKey.p256();
            X509Certificate certificate = world.sigstore
                    .fulcio()
                    .issue(
                            key.keys().getPublic(),
                            NOW,
                            SigningKey.p256(),
                            builder -> TestFulcio.addIdentity(builder, World.WORKFLOW));
            refused(
                    world.sigstore.keyless(key, certificate).envelopeJson(IN_TOTO, ARTIFACT),
                    "has a certificate that no certificate log of the trust root vouches for");
        }

        @Test
        void loggedWhenTheLogDidNotCountAreRefused() {
            world.end("ctlogs", NOW);
            assertThat(world.verify(envelope()).time()).hasValue(NOW);
            world.end("ctlogs", NOW.minusSeconds(1));
            refused(envelope(), "has a certificate that no certificate log of the trust root vouches for");
        }

        @Test
        void thatCouldIssueOthersAreRefused() {
            refused(
                    signedWith(builder -> {
                        TestFulcio.addIdentity(builder, World.WORKFLOW);
                        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                    }),
                    "has a certificate that is not for signing code");
        }

        @Test
        void thatNameNoIdentityOrSeveralAreRefused() {
            refused(
                    signedWith(builder -> builder.addExtension(
                            Extension.subjectAlternativeName, true, new GeneralNames(new GeneralName[] {
                                new GeneralName(GeneralName.rfc822Name, "dev@acme.test"),
                                new GeneralName(GeneralName.rfc822Name, "root@acme.test")
                            }))),
                    "has a certificate that names 2 identities instead of one");
            refused(
                    signedWith(builder -> builder.addExtension(
                            Extension.subjectAlternativeName,
                            true,
                            new GeneralNames(new GeneralName(GeneralName.dNSName, "acme.test")))),
                    "has a certificate that names neither a URI nor an e-mail address");
        }

        @Test
        void thatNameTwoIssuersAreRefused() {
            refused(
                    signedWith(builder -> {
                        builder.addExtension(
                                Extension.subjectAlternativeName,
                                true,
                                new GeneralNames(new GeneralName(GeneralName.rfc822Name, "dev@acme.test")));
                        builder.addExtension(TestFulcio.oid(1), false, new byte[] {'a'});
                        builder.addExtension(TestFulcio.oid(8), false, new DERUTF8String("b"));
                    }),
                    "has a certificate that names two issuers, \"a\" and \"b\"");
        }
    }

    @Nested
    class Logs {
        @Test
        void thatNobodyKnowsSayNothing() {
            world.root.withArray("tlogs").removeAll();
            refused(envelope(), "has no entry of a transparency log that the trust root names");
            Demands unlogged = new Demands(Optional.of(world.trustedRoot()), Optional.empty(), Optional.empty());
            Proof proof = world.verifier.byCertificate(Recorded.bundle(envelope()), unlogged);
            assertThat(proof.log()).isEmpty();
        }

        @Test
        void thatKnowThePromiseCountWhileTheyCount() {
            world.end("tlogs", NOW);
            assertThat(world.verify(world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT))
                            .time())
                    .hasValue(NOW);
            assertThat(world.verify(envelope()).time()).hasValue(NOW);
            world.end("tlogs", NOW.minusSeconds(1));
            refused(
                    world.workflow.envelopeV1Json(IN_TOTO, ARTIFACT),
                    "has an entry of 2026-11-20T12:00:00Z in the log rekor1.test, which counts from 2026-10-21T12:00:00Z to 2026-11-20T11:59:59Z");
            refused(
                    envelope(),
                    "has an entry of 2026-11-20T12:00:00Z in the log rekor2.test, which counts from 2026-10-21T12:00:00Z to 2026-11-20T11:59:59Z");
        }

        @Test
        void mustProveWhatTheyHold() {
            ObjectNode bundle = envelope();
            World.entry(bundle).remove("inclusionProof");
            refused(bundle, "has a log entry without a proof that it is in the log");
        }

        @Test
        void mustPromiseInTheOldestBundles() {
            ObjectNode bundle = world.workflow.messageV1Json(ARTIFACT);
            bundle.put("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.1");
            assertThat(world.verify(bundle).time()).hasValue(NOW);
            World.entry(bundle).remove("inclusionPromise");
            refused(bundle, "has a log entry without the log's promise (SET)");
        }

        @Test
        void mayLeaveOutTheCheckpointInTheOldestBundles() {
            ObjectNode bundle = world.workflow.messageV1Json(ARTIFACT);
            bundle.put("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.1");
            ((ObjectNode) World.entry(bundle).path("inclusionProof")).remove("checkpoint");
            assertThat(world.verify(bundle).time()).hasValue(NOW);
            bundle.put("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2");
            refused(bundle, "has a log entry without a proof that it is in the log");
        }

        @Test
        void sayTheIndexThatTheyProved() {
            ObjectNode bundle = envelope();
            World.entry(bundle).put("logIndex", "5");
            refused(bundle, "has a log entry with another index than its inclusion proof");
        }

        @Test
        void areAskedForAndNotThere() {
            ObjectNode bundle = envelope();
            World.material(bundle).remove("tlogEntries");
            refused(bundle, "has no transparency log entry");
        }

        @Test
        void ofSeveralTheOneAskedForIsTold() {
            ObjectNode bundle = envelope();
            byte[] signature = World.signature(bundle);
            ObjectNode body = world.workflow.hashedRekordV1(Signed.encoded(IN_TOTO, ARTIFACT), signature);
            PrivateSigner.addEntry(
                    bundle, world.sigstore.rekor1().log("hashedrekord", "0.0.1", Recorded.bytes(body), NOW));
            TrustedRoot whole = world.trustedRoot();
            world.root.withArray("tlogs").remove(1);
            Demands first = new Demands(Optional.of(whole), Optional.of(world.trustedRoot()), Optional.empty());
            assertThat(world.verifier
                            .byCertificate(Recorded.bundle(bundle), first)
                            .log())
                    .hasValue(new Proof.LogEntry("rekor1.test", 0));
        }
    }

    @Nested
    class Keys {
        private final SigningKey key = SigningKey.p256();
        private final PrivateSigner signer = world.sigstore.withKey(key);

        @Test
        void needNoWitness() {
            ObjectNode bundle = signer.envelopeJson(IN_TOTO, ARTIFACT);
            Proof proof = world.verify(bundle, key, Demands.NONE).orElseThrow();
            assertThat(proof.time()).isEmpty();
            assertThat(proof.log()).isEmpty();
        }

        @Test
        void mayBeAskedForALog() {
            Proof proof = world.verify(signer.envelopeJson(IN_TOTO, ARTIFACT), key, world.logged())
                    .orElseThrow();
            assertThat(proof.log()).hasValue(new Proof.LogEntry("rekor2.test", 0));
            assertThat(proof.time()).hasValue(NOW);
            assertThat(world.verify(signer.envelopeV1Json(IN_TOTO, ARTIFACT), key, world.logged()))
                    .isPresent();
            assertThat(world.verify(signer.messageV1Json(ARTIFACT), key, world.logged()))
                    .isPresent();
        }

        @Test
        void ofKeyServicesAreLoggedWithTheirHash() {
            SigningKey service = SigningKey.rsa(2048).with("SHA512withRSA");
            PrivateSigner signer = world.sigstore.withKey(service);
            ObjectNode bundle = signer.envelopeJson(IN_TOTO, ARTIFACT);
            byte[] message = Signed.encoded(IN_TOTO, ARTIFACT);
            ObjectNode body = signer.hashedRekordV1(message, World.signature(bundle));
            byte[] digest = Hashing.of("sha512", message).orElseThrow();
            ((ObjectNode) body.at("/spec/data/hash"))
                    .put("algorithm", "sha512")
                    .put("value", HexFormat.of().formatHex(digest));
            ObjectNode entry = world.sigstore.rekor1().log("hashedrekord", "0.0.1", Recorded.bytes(body), NOW);
            World.material(bundle).withArray("tlogEntries").removeAll().add(entry);
            Bundle logged = Recorded.bundle(bundle);
            PublicKey key = service.keys().getPublic();
            assertThat(world.verifier.byKey(logged, key, HashAlgorithm.SHA512, world.logged()))
                    .hasValueSatisfying(
                            proof -> assertThat(proof.log()).hasValue(new Proof.LogEntry("rekor1.test", 0)));
            assertThat(world.verifier.byKey(logged, key, world.logged())).isEmpty();
            assertThat(world.verifier.hash(logged, key)).contains(HashAlgorithm.SHA512);
        }

        @Test
        void areRefusedWithoutTheLogThatIsAskedFor() {
            ObjectNode bundle = signer.envelopeJson(IN_TOTO, ARTIFACT);
            World.material(bundle).remove("tlogEntries");
            assertThatThrownBy(() -> world.verify(bundle, key, world.logged()))
                    .hasMessage("has no transparency log entry");
        }

        @Test
        void thatAreOthersAreNoFailure() {
            ObjectNode bundle = signer.envelopeJson(IN_TOTO, ARTIFACT);
            assertThat(world.verify(bundle, SigningKey.p256(), world.logged())).isEmpty();
        }

        @Test
        void inALogWithoutATimeNeedALogThatCountsToday() {
            ObjectNode bundle = signer.envelopeJson(IN_TOTO, ARTIFACT);
            World.material(bundle).remove("timestampVerificationData");
            assertThat(world.verify(bundle, key, world.logged())).isPresent();
            world.end("tlogs", NOW.minusSeconds(1));
            assertThatThrownBy(() -> world.verify(bundle, key, world.logged()))
                    .hasMessageStartingWith("has an entry of 2026-11-20T12:00:00Z in the log rekor2.test");
        }

        @Test
        void inAnEntryOfTheKindIntoto() {
            ObjectNode bundle = signer.envelopeJson(IN_TOTO, ARTIFACT);
            ObjectNode body = PrivateSigner.body("intoto", "0.0.2");
            ObjectNode content = body.putObject("spec").putObject("content");
            content.set("payloadHash", PrivateSigner.hexHash(ARTIFACT));
            ObjectNode envelope = content.putObject("envelope").put("payloadType", IN_TOTO);
            String once = bundle.path("dsseEnvelope")
                    .path("signatures")
                    .path(0)
                    .path("sig")
                    .textValue();
            envelope.putArray("signatures")
                    .addObject()
                    .put("sig", once.getBytes(StandardCharsets.US_ASCII))
                    .put("publicKey", signer.pem());
            ObjectNode entry = world.sigstore.rekor1().log("intoto", "0.0.2", Recorded.bytes(body), NOW);
            entry.remove("inclusionPromise");
            World.material(bundle).withArray("tlogEntries").removeAll().add(entry);
            assertThat(world.verify(bundle, key, world.logged())).isPresent();

            content.set("payloadHash", PrivateSigner.hexHash(new byte[0]));
            World.material(bundle)
                    .withArray("tlogEntries")
                    .removeAll()
                    .add(world.sigstore.rekor1().log("intoto", "0.0.2", Recorded.bytes(body), NOW));
            assertThatThrownBy(() -> world.verify(bundle, key, world.logged()))
                    .hasMessage("has a log entry for another payload");
        }
    }
}
