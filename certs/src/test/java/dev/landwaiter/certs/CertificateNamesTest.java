package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CertificateNamesTest {
    private static final Duration DAY = Duration.ofDays(1);
    private final SelfSignedAuthority authority = new SelfSignedAuthority("names", DAY, InstantSource.system());

    @Test
    void areTheCommonNameAndTheDnsNamesAndUris() {
        X509Certificate certificate = authority
                .issueClient("kube-apiserver", List.of("api.internal", "spiffe://cluster/api", "192.0.2.1"), DAY)
                .leaf();

        assertThat(CertificateNames.of(certificate))
                .containsExactlyInAnyOrder("kube-apiserver", "api.internal", "spiffe://cluster/api");
    }

    @Test
    @Tag("attack-62")
    void areTakenAsTheyStandAndNotApart() throws Exception {
        assertThat(CertificateNames.of(subject("O=system:masters,CN=admin"))).containsExactly("admin");
        assertThat(CertificateNames.of(subject("CN=kubelet\\, CN=kube-apiserver")))
                .containsExactly("kubelet, CN=kube-apiserver");
        assertThat(CertificateNames.of(subject("O=CN=kube-apiserver"))).isEmpty();
        assertThat(CertificateNames.of(subject("CN=kubelet,CN=kube-apiserver")))
                .as("readers differ in which of two counts")
                .isEmpty();
        assertThat(CertificateNames.of(subject("CN=kubelet+CN=kube-apiserver"))).isEmpty();
    }

    private static X509Certificate subject(String subject) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name(subject);
        Instant now = Instant.now();
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                new X500Name("CN=ca"),
                                BigInteger.ONE,
                                Date.from(now),
                                Date.from(now.plus(DAY)),
                                name,
                                keys.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }
}
