package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.testregistry.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
