package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateCheckTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private final KeyPair keys = Pem.keys("EC");
    private final String good = Pem.certificate(certificateOf(keys));

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void readsKeysInPkcs8AndInTheFormBeforeIt(String algorithm) {
        KeyPair pair = Pem.keys(algorithm);
        X509Certificate certificate = certificateOf(pair);

        assertThat(read(Pem.certificate(certificate), Pem.pkcs8(pair)).leaf()).isEqualTo(certificate);
        assertThat(read(Pem.certificate(certificate), Pem.traditional(pair)).leaf())
                .isEqualTo(certificate);
    }

    @Test
    void readsAKeyAfterItsParametersAsOpensslWritesThem() {
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

        assertThat(read(good, parameters + Pem.traditional(keys)).key().getAlgorithm())
                .isEqualTo("EC");
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        refuses(
                good,
                Pem.pkcs8(Pem.keys("EC")),
                "Could not use certificate \"tls.crt\": private key \"tls.key\" is not the key of its first certificate (CN=hand-made)."
                        + " Give the two that were issued together, leaf first.");
        refuses(
                good,
                Pem.pkcs8(Pem.keys("RSA")),
                "Could not use certificate \"tls.crt\": private key \"tls.key\" is not the key of its first certificate (CN=hand-made)."
                        + " Give the two that were issued together, leaf first.");
    }

    @Test
    void refusesAKindOfKeyThatServersDoNotSignWith() {
        KeyPair pair = Pem.keys("Ed25519");

        refuses(
                Pem.certificate(certificateOf(pair)),
                Pem.pkcs8(pair),
                "Could not use private key \"tls.key\": it is of kind EdDSA. Use an RSA or EC key.");
    }

    @Test
    void refusesWhatHasExpiredOrIsNotYetValid() {
        refuses(
                Pem.certificate(Pem.certificate(keys, "localhost", null, NOW.minus(DAY), DAY)),
                Pem.pkcs8(keys),
                "Could not use certificate \"tls.crt\": CN=hand-made expired at 2026-11-21T00:00:00Z. Renew it.");
        refuses(
                Pem.certificate(Pem.certificate(keys, "localhost", null, NOW.plus(DAY), DAY)),
                Pem.pkcs8(keys),
                "Could not use certificate \"tls.crt\": CN=hand-made is valid only from 2026-11-22T00:00:00Z, and it is 2026-11-21T00:00:00Z."
                        + " Check this machine's clock.");
    }

    @Test
    void refusesAClientsCertificateAndOneWithoutNames() {
        refuses(
                Pem.certificate(Pem.certificate(keys, "localhost", KeyPurposeId.id_kp_clientAuth, NOW, DAY)),
                Pem.pkcs8(keys),
                "Could not use certificate \"tls.crt\": its extended key usage does not allow TLS servers. Issue it with 'server auth'.");
        refuses(
                Pem.certificate(Pem.certificate(keys, null, null, NOW, DAY)),
                Pem.pkcs8(keys),
                "Could not use certificate \"tls.crt\": it has no subject alternative name, and kube-apiserver reads no other name."
                        + " Issue it with the Service's DNS name or the address as one.");
    }

    @Test
    void refusesFilesThatHoldSomethingElse() {
        refuses(
                "not a certificate",
                Pem.pkcs8(keys),
                "Could not read certificate \"tls.crt\": no CERTIFICATE block is in it."
                        + " Give a PEM file that holds the certificate and what signed it, leaf first.");
        refuses(
                good,
                good,
                "Could not read private key \"tls.key\": no PRIVATE KEY block is in it."
                        + " Give a PEM file with a key in PKCS#8, PKCS#1 or SEC 1 form.");
        refuses(
                good.substring(0, good.length() / 2),
                Pem.pkcs8(keys),
                "Could not read certificate \"tls.crt\": it is not well-formed PEM. Check that the file is complete.");
    }

    private static X509Certificate certificateOf(KeyPair pair) {
        return Pem.certificate(pair, "localhost", KeyPurposeId.id_kp_serverAuth, NOW, DAY);
    }

    private static void refuses(String certificate, String key, String message) {
        assertThatThrownBy(() -> read(certificate, key))
                .isInstanceOf(CertificateInvalid.class)
                .hasMessage(message);
    }

    private static ServingCertificate read(String certificate, String key) {
        return CertificateCheck.read(
                certificate.getBytes(StandardCharsets.US_ASCII),
                "\"tls.crt\"",
                key.getBytes(StandardCharsets.US_ASCII),
                "\"tls.key\"",
                NOW);
    }
}
