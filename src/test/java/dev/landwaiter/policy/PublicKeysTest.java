package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.testregistry.SigningKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PublicKeysTest {
    private static final String FIXTURE = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgwYVGvVnxLoQaPILGxjW6+D7P9fH
            g/N+dU9a3XaVUdml3fNgI2jmS2QFVyOOSBI5ulAJJALLbQs7mJjBAS5NEg==
            -----END PUBLIC KEY-----
            """;

    static Stream<SigningKey> supported() {
        return Stream.of(
                SigningKey.p256(), SigningKey.p384(), SigningKey.p521(), SigningKey.rsa(2048), SigningKey.ed25519());
    }

    @ParameterizedTest
    @MethodSource("supported")
    void readsWhatCosignSignsWith(SigningKey key) {
        assertThat(PublicKeys.parse(key.publicPem(), Code.POLICY_BROKEN, "the test"))
                .isEqualTo(key.keys().getPublic());
    }

    @Test
    void readsAKeyMadeByCosignAndNamesItAsABundlesHintDoes() {
        String hint = "9wbITZ6a8L6MSmJ9BLGOVM3dR32i1XkcWdUO9I0lCRE=";
        String hex = java.util.HexFormat.of().formatHex(Base64.getDecoder().decode(hint));
        assertThat(PublicKeys.fingerprint(PublicKeys.parse(FIXTURE, Code.POLICY_BROKEN, "the test")))
                .isEqualTo("sha256:" + hex);
    }

    @Test
    void readsAKeyWithTextAroundIt() {
        assertThat(PublicKeys.parse(
                        "the release key\r\n" + FIXTURE.replace("\n", "\r\n") + "\nend", Code.POLICY_BROKEN, "x"))
                .isEqualTo(PublicKeys.parse(FIXTURE, Code.POLICY_BROKEN, "x"));
    }

    @Test
    void readsPkcs1() {
        SigningKey key = SigningKey.rsa(2048);
        byte[] spki = key.keys().getPublic().getEncoded();
        // SubjectPublicKeyInfo of RSA 2048: 24 bytes of header, then PKCS #1
        byte[] pkcs1 = Arrays.copyOfRange(spki, 24, spki.length);
        String pem = pem("RSA PUBLIC KEY", pkcs1);
        assertThat(((RSAPublicKey) PublicKeys.parse(pem, Code.POLICY_BROKEN, "x")).getModulus())
                .isEqualTo(((RSAPublicKey) key.keys().getPublic()).getModulus());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                 | it is empty",
                "hello              | it contains no PEM block",
                "PRIVATE KEY        | it is a private key (\"PRIVATE KEY\"), which must stay secret: replace that key, and never put it in a policy",
                "ENCRYPTED SIGSTORE PRIVATE KEY | it is a private key (\"ENCRYPTED SIGSTORE PRIVATE KEY\"), which must stay secret: replace that key, and never put it in a policy",
                "CERTIFICATE        | it is a certificate, not a public key",
                "PGP PUBLIC KEY BLOCK | its PEM block is a \"PGP PUBLIC KEY BLOCK\"",
                "PUBLIC KEY         | it is damaged or of an unsupported kind; ECDSA P-256, P-384 or P-521, RSA and Ed25519 are supported",
            })
    void saysWhatIsWrong(String label, String why) {
        String text = label.equals(label.toUpperCase(java.util.Locale.ROOT)) && !label.isEmpty()
                ? pem(label, "secret stuff".getBytes(StandardCharsets.UTF_8))
                : label;
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> PublicKeys.parse(text, Code.POLICY_BROKEN, "spec.authorities[0].key.data"))
                .withMessage("Could not read the public key of spec.authorities[0].key.data: " + why
                        + ". Expected: one PEM block \"-----BEGIN PUBLIC KEY-----\", as cosign.pub holds.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.POLICY_BROKEN));
    }

    @Test
    void refusesAWeakKey() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> PublicKeys.parse(SigningKey.rsa(1024).publicPem(), Code.SETTING_INVALID, "--key"))
                .withMessageContaining("it is an RSA key of 1024 bits; 2048 to 8192 are allowed");
    }

    @Test
    void refusesAnExponentByWhichNoSignatureWouldBeChecked() throws GeneralSecurityException {
        RSAPublicKey good = (RSAPublicKey) SigningKey.rsa(2048).keys().getPublic();
        byte[] der = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        good.getModulus(), BigInteger.ONE.shiftLeft(40).add(BigInteger.ONE)))
                .getEncoded();
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> PublicKeys.parse(pem("PUBLIC KEY", der), Code.SETTING_INVALID, "--key"))
                .withMessageContaining(
                        "it is an RSA key with an exponent of 41 bits, by which no signature is checked");
    }

    @Test
    void refusesTwoKeysAtOnce() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> PublicKeys.parse(FIXTURE + FIXTURE, Code.SETTING_INVALID, "--key"))
                .withMessageContaining("there is more than one PEM block in it; give each key an authority");
    }

    @Test
    void refusesAPointThatIsNotOnTheCurve() {
        byte[] der = SigningKey.p256().keys().getPublic().getEncoded();
        der[der.length - 1] ^= 1;
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> PublicKeys.parse(pem("PUBLIC KEY", der), Code.SETTING_INVALID, "--key"))
                .withMessageMatching(".*(it is not a point on P-256|it is damaged).*");
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }
}
