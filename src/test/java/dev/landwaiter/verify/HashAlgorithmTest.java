package dev.landwaiter.verify;

import static dev.landwaiter.verify.Fixtures.ANYBODY;
import static dev.landwaiter.verify.Fixtures.BUSYBOX;
import static dev.landwaiter.verify.Fixtures.image;
import static dev.landwaiter.verify.Fixtures.policy;
import static dev.landwaiter.verify.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.policy.Attestation;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Terms;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.Demands;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.SigningKey;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys of key services, which sign with a hash of their own. */
@Timeout(20)
class HashAlgorithmTest {
    private static final String IMAGE = "ghcr.io/acme/api@" + BUSYBOX;
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String SLSA = "https://slsa.dev/provenance/v1";
    private static final SigningKey RSA = SigningKey.rsa(2048);

    private final FakeArtifacts artifacts = new FakeArtifacts();

    /** A key that signs with the hash, and whether that goes with its kind. */
    static List<Arguments> keys() {
        return List.of(
                Arguments.of(RSA, HashAlgorithm.SHA256, true),
                Arguments.of(RSA.with("SHA384withRSA"), HashAlgorithm.SHA384, false),
                Arguments.of(RSA.with("SHA512withRSA"), HashAlgorithm.SHA512, false),
                Arguments.of(SigningKey.p256(), HashAlgorithm.SHA256, true),
                Arguments.of(SigningKey.p256().with("SHA384withECDSA"), HashAlgorithm.SHA384, false),
                Arguments.of(SigningKey.p256().with("SHA512withECDSA"), HashAlgorithm.SHA512, false),
                Arguments.of(SigningKey.p384().with("SHA256withECDSA"), HashAlgorithm.SHA256, true),
                Arguments.of(SigningKey.p384().with("SHA512withECDSA"), HashAlgorithm.SHA512, false),
                Arguments.of(SigningKey.p521().with("SHA384withECDSA"), HashAlgorithm.SHA384, false),
                Arguments.of(SigningKey.ed25519(), HashAlgorithm.SHA512, true));
    }

    @ParameterizedTest
    @MethodSource("keys")
    @DisplayName(
            "in both forms a signature counts with the hash that the policy names, and without one if it goes with the kind of key")
    void theHashThatThePolicyNamesCounts(SigningKey key, HashAlgorithm hash, boolean usual) {
        for (boolean bundled : List.of(false, true)) {
            FakeArtifacts one = new FakeArtifacts();
            sign(one, key, bundled);
            for (HashAlgorithm asked : HashAlgorithm.values()) {
                assertThat(verify(one, authority(key, asked)) instanceof Verdict.Verified)
                        .as("%s, asked for %s, bundled %s", key, asked, bundled)
                        .isEqualTo(asked == hash);
            }
            assertThat(verify(one, authority(key, null)) instanceof Verdict.Verified)
                    .isEqualTo(usual);
        }
    }

    @Test
    void anAttestationCountsWithTheHashToo() {
        SigningKey key = RSA.with("SHA512withRSA");
        Attestation built = new Attestation("built", SLSA, null);
        artifacts.bundle(BUSYBOX, CosignSigner.bundle(IN_TOTO, statement(SLSA), key));
        assertThat(verify(artifacts, authority(key, HashAlgorithm.SHA512, built)))
                .isInstanceOf(Verdict.Verified.class);
        assertThat(message(artifacts, authority(key, null, built)))
                .isEqualTo("Could not accept the attestation \"built\" of " + IMAGE + ": 1 of type \"" + SLSA
                        + "\" was found, but it was made by the key of authority \"release\" (" + fingerprint(key)
                        + ") with sha512, where the policy takes sha256. "
                        + "If that key is meant to sign so, ask the author of the policy to set hashAlgorithm: sha512 beside it; "
                        + "else attest it again: cosign attest --type " + SLSA + " --predicate <file> --key <key> "
                        + IMAGE + ".");
    }

    @Test
    void theRightKeyWithAnotherHashIsToldWithWhatToWrite() {
        SigningKey key = SigningKey.p384().with("SHA512withECDSA");
        sign(artifacts, SigningKey.p256(), true);
        sign(artifacts, key, false);
        String start = "Could not verify " + IMAGE + ": 2 signatures were found, but the one in tag sha256-"
                + BUSYBOX.hex() + ".sig was made by the key of authority \"release\" (" + fingerprint(key)
                + ") with sha512, where the policy takes ";
        String end =
                ". If that key is meant to sign so, ask the author of the policy to set hashAlgorithm: sha512 beside it; "
                        + "else sign it again: cosign sign --key <key> " + IMAGE + ".";
        assertThat(message(artifacts, authority(key, null))).isEqualTo(start + "sha384 or sha256" + end);
        assertThat(message(artifacts, authority(key, HashAlgorithm.SHA384))).isEqualTo(start + "sha384" + end);
    }

    @Test
    void anotherKeyIsStillAnotherKey() {
        sign(artifacts, SigningKey.p256().with("SHA512withECDSA"), true);
        assertThat(message(artifacts, authority(SigningKey.p256(), HashAlgorithm.SHA512)))
                .contains("1 signature was found, but it is not by the key of authority \"release\"");
    }

    private static void sign(FakeArtifacts artifacts, SigningKey key, boolean bundled) {
        if (bundled) {
            artifacts.bundle(BUSYBOX, CosignSigner.bundle(IN_TOTO, statement(CosignSigner.SIGNATURE_PREDICATE), key));
        } else {
            byte[] payload = CosignSigner.simplePayload("ghcr.io/acme/api", BUSYBOX);
            artifacts.simple(BUSYBOX, payload, key.sign(payload));
        }
    }

    private static byte[] statement(String type) {
        return CosignSigner.statement(BUSYBOX, type, new JsonMapper().createObjectNode());
    }

    private static Authority authority(SigningKey key, @Nullable HashAlgorithm hash, Attestation... attestations) {
        return new Authority.Key(
                "release",
                List.of(new VerificationKey(key.keys().getPublic(), hash)),
                new Terms(List.of(), Demands.NONE, Arrays.asList(attestations)));
    }

    private static String fingerprint(SigningKey key) {
        return new VerificationKey(key.keys().getPublic()).fingerprint();
    }

    private static Verdict verify(FakeArtifacts artifacts, Authority authority) {
        return Fixtures.verifier(artifacts).verify(image(BUSYBOX), policy(authority), ANYBODY, soon());
    }

    private static String message(FakeArtifacts artifacts, Authority authority) {
        Verdict verdict = verify(artifacts, authority);
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Rejected.class,
                        rejected ->
                                assertThat(rejected.code()).isIn(Code.SIGNATURE_INVALID, Code.ATTESTATION_REJECTED));
        return ((Verdict.Rejected) verdict).message();
    }
}
