package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.testregistry.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySignatureTest {
    private static final byte[] MESSAGE = "what was signed".getBytes(StandardCharsets.UTF_8);

    private static final SigningKey RSA = SigningKey.rsa(2048);
    private static final List<SigningKey> AS_COSIGN_SIGNS = List.of(
            SigningKey.p256(),
            SigningKey.p384(),
            SigningKey.p384().with("SHA256withECDSA"),
            SigningKey.p521(),
            SigningKey.p521().with("SHA256withECDSA"),
            RSA,
            SigningKey.ed25519(),
            SigningKey.ed25519ph());

    static List<SigningKey> asCosignSigns() {
        return AS_COSIGN_SIGNS;
    }

    @ParameterizedTest
    @MethodSource("asCosignSigns")
    void takesWhatCosignMakes(SigningKey key) {
        assertThat(KeySignature.isBy(key.keys().getPublic(), MESSAGE, key.sign(MESSAGE)))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("asCosignSigns")
    void refusesAnotherMessageAndAnotherKeyOfTheSameKind(SigningKey key) {
        byte[] signature = key.sign(MESSAGE);
        byte[] other = "what was not signed".getBytes(StandardCharsets.UTF_8);
        assertThat(KeySignature.isBy(key.keys().getPublic(), other, signature)).isFalse();
        assertThat(AS_COSIGN_SIGNS.stream()
                        .filter(stranger -> !stranger.equals(key))
                        .anyMatch(stranger -> KeySignature.isBy(stranger.keys().getPublic(), MESSAGE, signature)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA1withECDSA", "SHA512withECDSA", "SHA256withECDSAinP1363Format"})
    void refusesWhatCosignDoesNotMakeWithP256(String algorithm) {
        SigningKey key = SigningKey.p256().with(algorithm);
        assertThat(KeySignature.isBy(key.keys().getPublic(), MESSAGE, key.sign(MESSAGE)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA1withRSA", "SHA512withRSA"})
    void refusesWhatCosignDoesNotMakeWithRsa(String algorithm) {
        SigningKey key = RSA.with(algorithm);
        assertThat(KeySignature.isBy(key.keys().getPublic(), MESSAGE, key.sign(MESSAGE)))
                .isFalse();
    }

    static List<Arguments> everyKindWithEveryHash() {
        List<Arguments> all = new ArrayList<>();
        for (SigningKey key : List.of(SigningKey.p256(), SigningKey.p384(), SigningKey.p521(), RSA)) {
            String kind = key.algorithm().substring(key.algorithm().indexOf("with"));
            for (HashAlgorithm hash : HashAlgorithm.values()) {
                all.add(Arguments.of(key.with(hash + kind), hash));
            }
        }
        all.add(Arguments.of(SigningKey.ed25519(), HashAlgorithm.SHA512));
        all.add(Arguments.of(SigningKey.ed25519ph(), HashAlgorithm.SHA512));
        return all;
    }

    @ParameterizedTest
    @MethodSource("everyKindWithEveryHash")
    @DisplayName("keys of key services sign with hashes of their own: where one is asked for, that one alone counts")
    void theHashThatIsAskedForCountsAlone(SigningKey key, HashAlgorithm hash) {
        byte[] signature = key.sign(MESSAGE);
        PublicKey known = key.keys().getPublic();
        for (HashAlgorithm asked : HashAlgorithm.values()) {
            assertThat(KeySignature.isBy(known, asked, MESSAGE, signature))
                    .as("%s by %s", asked, key)
                    .isEqualTo(asked == hash);
        }
        assertThat(KeySignature.isBy(known, hash, "what was not signed".getBytes(StandardCharsets.UTF_8), signature))
                .isFalse();
        assertThat(KeySignature.isBy(known, MESSAGE, signature))
                .isEqualTo(KeySignature.hashes(known).contains(hash));
        assertThat(KeySignature.hash(known, MESSAGE, signature)).contains(hash);
        assertThat(KeySignature.hash(known, signature, signature)).isEmpty();
    }

    @Test
    void onlyEd25519LeavesNoChoiceOfTheHash() {
        for (HashAlgorithm hash : HashAlgorithm.values()) {
            assertThat(KeySignature.takes(RSA.keys().getPublic(), hash)).isTrue();
            assertThat(KeySignature.takes(SigningKey.p256().keys().getPublic(), hash))
                    .isTrue();
            assertThat(KeySignature.takes(SigningKey.ed25519().keys().getPublic(), hash))
                    .isEqualTo(hash == HashAlgorithm.SHA512);
        }
    }

    @Test
    void anEmptyOrEndlessSignatureIsByNobody() {
        for (SigningKey key : AS_COSIGN_SIGNS) {
            assertThat(KeySignature.isBy(key.keys().getPublic(), MESSAGE, new byte[0]))
                    .isFalse();
            assertThat(KeySignature.isBy(key.keys().getPublic(), MESSAGE, new byte[1 << 20]))
                    .isFalse();
        }
    }
}
