package dev.landwaiter.sigstore;

import static dev.landwaiter.sigstore.World.ARTIFACT;
import static dev.landwaiter.sigstore.World.IN_TOTO;
import static dev.landwaiter.sigstore.World.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.testregistry.PrivateSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.SigningIdentity;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestFulcio;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trust roots of one Sigstore and of several, with logs and without: GitHub's for private repositories has none. */
class InstancesTest {
    private static final SigningIdentity WORKFLOW = World.WORKFLOW;

    private final PrivateSigstore logged = new PrivateSigstore(() -> NOW);
    private final ObjectNode loggedRoot = logged.trustedRootJson();
    private final PrivateSigstore unlogged = new PrivateSigstore(() -> NOW, "github.test");
    private final ObjectNode unloggedRoot = unlogged.trustedRootJson();
    private final BundleVerifier verifier = new BundleVerifier(() -> NOW);

    InstancesTest() {
        unloggedRoot.remove("tlogs");
        unloggedRoot.remove("ctlogs");
    }

    /** As {@code gh attestation trusted-root} prints them. */
    private static TrustedRoot root(JsonNode... lines) {
        String jsonl = Arrays.stream(lines).map(line -> line + "\n").collect(Collectors.joining());
        return TrustedRoot.parse(jsonl.getBytes(StandardCharsets.UTF_8), "TrustRoot \"github\"");
    }

    /** As GitHub's instance for private repositories signs: no SCT, no log entry, a timestamp. */
    private ObjectNode stamped() {
        SigningKey key = SigningKey.p256();
        PrivateSigner signer =
                unlogged.keyless(key, unlogged.fulcio().issueUnlogged(key.keys().getPublic(), WORKFLOW, NOW));
        return without("tlogEntries", signer.envelopeJson(IN_TOTO, ARTIFACT));
    }

    private static ObjectNode without(String witness, ObjectNode bundle) {
        World.material(bundle).remove(witness);
        return bundle;
    }

    private ObjectNode entered() {
        return logged.keyless(WORKFLOW).envelopeJson(IN_TOTO, ARTIFACT);
    }

    private Proof verify(ObjectNode bundle, Demands demands) {
        return verifier.byCertificate(Recorded.bundle(bundle), demands);
    }

    private void refused(ObjectNode bundle, Demands demands, String why, String doubt) {
        assertThatThrownBy(() -> verify(bundle, demands))
                .hasMessage(why)
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(TrustRootDoubt.find(failure)
                                        .map(TrustRootDoubt::what)
                                        .orElse(""))
                                .isEqualTo(doubt));
    }

    @Test
    @DisplayName("where the instance has no logs, a timestamp stands in for the entry, and no SCT is asked for")
    void anInstanceWithoutLogsServesWithItsTimestamps() {
        TrustedRoot root = root(unloggedRoot);
        Proof proof = verify(stamped(), Demands.keyless(root));
        assertThat(proof.time()).hasValue(NOW);
        assertThat(proof.log()).isEmpty();
        assertThat(((Signer.Certificate) proof.signer()).subject()).isEqualTo(WORKFLOW.subject());
        assertThat(verify(stamped(), new Demands(Optional.of(root), Optional.empty(), Optional.of(root))))
                .isEqualTo(proof);
    }

    @Test
    void withoutATimestampItIsRefused() {
        refused(
                without("timestampVerificationData", stamped()),
                Demands.keyless(root(unloggedRoot)),
                "has no timestamp",
                "");
    }

    @Test
    void aLogThatThePolicyAsksForIsNotReplaced() {
        Optional<TrustedRoot> root = Optional.of(root(unloggedRoot));
        refused(
                stamped(),
                new Demands(root, root, Optional.empty()),
                "has no transparency log entry",
                "names no transparency log");
    }

    @Test
    @DisplayName("of several instances in one trust root, each has its own kept to")
    void eachInstanceIsAskedForWhatItHas() {
        Demands demands = Demands.keyless(root(loggedRoot, unloggedRoot));
        assertThat(verify(stamped(), demands).log()).isEmpty();
        assertThat(verify(entered(), demands).log()).hasValue(new Proof.LogEntry("rekor2.test", 0));
        refused(without("tlogEntries", entered()), demands, "has no transparency log entry", "");
    }

    @Test
    @DisplayName("a certificate of an instance with a certificate log needs its SCT, whatever other instances lack")
    void anotherInstanceExcusesNoMissingSct() {
        SigningKey key = SigningKey.p256();
        PrivateSigner signer =
                logged.keyless(key, logged.fulcio().issueUnlogged(key.keys().getPublic(), WORKFLOW, NOW));
        refused(
                signer.envelopeJson(IN_TOTO, ARTIFACT),
                Demands.keyless(root(loggedRoot, unloggedRoot)),
                "has a certificate that no certificate log of the trust root vouches for",
                "");
    }

    @Test
    @DisplayName("an authority that stands in two instances is of both: the one with logs decides")
    void anAuthorityOfTwoInstancesIsAskedForAllThatTheyHave() {
        ObjectNode both = unloggedRoot.deepCopy();
        both.set("certificateAuthorities", loggedRoot.path("certificateAuthorities"));
        Demands demands = Demands.keyless(root(both, loggedRoot));
        SigningKey key = SigningKey.p256();
        PrivateSigner signer =
                logged.keyless(key, logged.fulcio().issueUnlogged(key.keys().getPublic(), WORKFLOW, NOW));
        refused(
                signer.envelopeJson(IN_TOTO, ARTIFACT),
                demands,
                "has a certificate that no certificate log of the trust root vouches for",
                "");
        refused(without("tlogEntries", entered()), demands, "has no transparency log entry", "");
        assertThat(verify(entered(), demands).log()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctlogs", "tlogs"})
    @DisplayName("a log whose key is of no kind that is known here is a log all the same")
    void aLogOfAnUnknownKindIsStillAskedFor(String kind) {
        ObjectNode log = loggedRoot.withArray(kind).path(0).deepCopy();
        // ML-DSA-65 of the future
        ((ObjectNode) log.path("publicKey")).put("rawBytes", "MBYwCwYJYIZIAWUDBAMSAwcAAQIDBAUG");
        unloggedRoot.putArray(kind).add(log);
        assertThatThrownBy(() -> verify(stamped(), Demands.keyless(root(unloggedRoot))))
                .isInstanceOf(Failure.class);
    }

    @Test
    @DisplayName("GitHub signs releases one step above the authority that signs for workflows")
    void whoeverIsInTheChainOfAnAuthorityMayHaveIssuedTheCertificate() {
        TestFulcio below = new PrivateSigstore(() -> NOW, "below.test").fulcio();
        ObjectNode chain = (ObjectNode) unloggedRoot.at("/certificateAuthorities/0/certChain");
        JsonNode intermediate = chain.path("certificates").path(0);
        JsonNode top = chain.path("certificates").path(1);
        chain.putArray("certificates")
                .add(Recorded.JSON
                        .createObjectNode()
                        .put("rawBytes", unlogged.fulcio().certify(below)))
                .add(intermediate)
                .add(top);
        assertThat(verify(stamped(), Demands.keyless(root(unloggedRoot))).time())
                .hasValue(NOW);
    }

    @Nested
    @DisplayName("where the trust root may be wrong, it is told what of it")
    class Doubt {
        private Demands demands() {
            return Demands.keyless(root(loggedRoot));
        }

        private void end(String kind, String end) {
            loggedRoot
                    .path(kind)
                    .forEach(entry -> World.validity((ObjectNode) entry).put("end", end));
        }

        @Test
        void itNamesNoCertificateAuthority() {
            loggedRoot.remove("certificateAuthorities");
            refused(
                    entered(),
                    demands(),
                    "has a certificate of \"CN=private.test intermediate,O=private.test\", which is not a certificate authority of the trust root",
                    "names no certificate authority");
        }

        @Test
        void itNamesOtherCertificateAuthorities() {
            refused(
                    stamped(),
                    demands(),
                    "has a certificate of \"CN=github.test intermediate,O=github.test\", which is not a certificate authority of the trust root",
                    "names only the certificate authority \"CN=private.test intermediate,O=private.test\"");
        }

        @Test
        void itsCertificateAuthorityHasEnded() {
            end("certificateAuthorities", "2026-11-01T00:00:00Z");
            refused(
                    entered(),
                    demands(),
                    "has a certificate that the certificate authority fulcio.test of the trust root did not issue, or not while it counts",
                    "has that certificate authority count from 2026-10-21T12:00:00Z to 2026-11-01T00:00:00Z");
        }

        @Test
        void itsCertificateAuthorityHasAnotherKey() {
            loggedRoot.set(
                    "certificateAuthorities",
                    new PrivateSigstore(() -> NOW).trustedRootJson().path("certificateAuthorities"));
            refused(
                    entered(),
                    demands(),
                    "has a certificate that the certificate authority fulcio.test of the trust root did not issue, or not while it counts",
                    "has another key for that certificate authority");
        }

        @Test
        void itNamesNoCertificateLog() {
            loggedRoot.remove("ctlogs");
            refused(
                    entered(),
                    demands(),
                    "has a certificate that no certificate log of the trust root vouches for",
                    "names no certificate transparency log, and that certificate is in one");
        }

        @Test
        void itNamesAnotherCertificateLogOrForAnotherTime() {
            String doubt =
                    "names no certificate transparency log that vouches for that certificate, or has it count for another time";
            String why = "has a certificate that no certificate log of the trust root vouches for";
            end("ctlogs", "2026-11-01T00:00:00Z");
            refused(entered(), demands(), why, doubt);
            loggedRoot.set(
                    "ctlogs", new PrivateSigstore(() -> NOW).trustedRootJson().path("ctlogs"));
            refused(entered(), demands(), why, doubt);
        }

        @Test
        void itNamesNoLogOrOthers() {
            Optional<TrustedRoot> root = Optional.of(root(loggedRoot));
            ObjectNode other = loggedRoot.deepCopy();
            other.set("tlogs", new PrivateSigstore(() -> NOW).trustedRootJson().path("tlogs"));
            refused(
                    entered(),
                    new Demands(root, Optional.of(root(other)), Optional.empty()),
                    "has no entry of a transparency log that the trust root names",
                    "names only the transparency logs rekor1.test, rekor2.test");
            other.remove("tlogs");
            refused(
                    entered(),
                    new Demands(root, Optional.of(root(other)), Optional.empty()),
                    "has no entry of a transparency log that the trust root names",
                    "names no transparency log");
        }

        @Test
        void itsLogHasEnded() {
            end("tlogs", "2026-11-01T00:00:00Z");
            refused(
                    entered(),
                    demands(),
                    "has an entry of 2026-11-20T12:00:00Z in the log rekor2.test, which counts from 2026-10-21T12:00:00Z to 2026-11-01T00:00:00Z",
                    "has the transparency log rekor2.test count from 2026-10-21T12:00:00Z to 2026-11-01T00:00:00Z");
        }

        @Test
        void itNamesNoTimestampAuthorityOrOthersOrOneThatHasEnded() {
            Optional<TrustedRoot> root = Optional.of(root(loggedRoot));
            ObjectNode other = unloggedRoot.deepCopy();
            refused(
                    entered(),
                    new Demands(root, Optional.empty(), Optional.of(root(other))),
                    "has no timestamp by a timestamp authority that the trust root names",
                    "names only the timestamp authority timestamps.test");
            other.remove("timestampAuthorities");
            refused(
                    entered(),
                    new Demands(root, Optional.empty(), Optional.of(root(other))),
                    "has no timestamp by a timestamp authority that the trust root names",
                    "names no timestamp authority");
            loggedRoot.remove("timestampAuthorities");
            refused(
                    entered(),
                    demands(),
                    "has no trusted witness of the time at which it was signed: neither a log's promise nor a timestamp",
                    "names no timestamp authority");
        }

        @Test
        void itsTimestampAuthorityHasEnded() {
            end("timestampAuthorities", "2026-11-01T00:00:00Z");
            refused(
                    entered(),
                    demands(),
                    "has a timestamp of 2026-11-20T12:00:00Z by the timestamp authority timestamps.test, which counts from 2026-10-21T12:00:00Z to 2026-11-01T00:00:00Z",
                    "has the timestamp authority timestamps.test count from 2026-10-21T12:00:00Z to 2026-11-01T00:00:00Z");
        }

        @Test
        void aSignatureThatIsWrongItselfLeavesNoDoubt() {
            ObjectNode bundle = entered();
            bundle.set("dsseEnvelope", PrivateSigner.dsse(IN_TOTO, ARTIFACT, new byte[] {1}));
            refused(bundle, demands(), "was not made by the key of its certificate, or not over this content", "");
        }
    }
}
