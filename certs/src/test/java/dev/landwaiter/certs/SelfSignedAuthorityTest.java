package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SelfSignedAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private final SelfSignedAuthority authority =
            new SelfSignedAuthority("test authority", Duration.ofDays(30), InstantSource.fixed(NOW));

    @Test
    void issuesAServerCertificateOfTheNamesGivenThatTheAuthoritySigned() throws Exception {
        ServingCertificate issued =
                authority.issueServer(List.of("landwaiter.landwaiter.svc", "127.0.0.1", "::1"), Duration.ofDays(1));

        issued.leaf().verify(authority.certificate().getPublicKey());
        assertThat(issued.leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(issued.leaf().getSubjectAlternativeNames())
                .extracting(name -> name.get(0) + "=" + name.get(1))
                .containsExactlyInAnyOrder("2=landwaiter.landwaiter.svc", "7=127.0.0.1", "7=0:0:0:0:0:0:0:1");
        assertThat(issued.chain()).containsExactly(issued.leaf(), authority.certificate());
    }

    @Test
    void passesItsOwnCheck() {
        ServingCertificate issued = authority.issueServer(List.of("localhost"), Duration.ofDays(1));

        assertThat(CertificateCheck.read(
                        issued.chainPem().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        "a",
                        issued.keyPem().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        "b",
                        NOW))
                .isEqualTo(issued);
    }

    @Test
    @Tag("attack-46")
    @DisplayName("Attack 46: a leaf never outlives the authority that signed it")
    void aLeafNeverOutlivesItsAuthority() {
        ServingCertificate issued = authority.issueServer(List.of("localhost"), Duration.ofDays(365));

        assertThat(issued.leaf().getNotAfter())
                .isEqualTo(authority.certificate().getNotAfter());
    }

    @Test
    @Tag("attack-46")
    @DisplayName("Attack 46: a chain is healthy only as long as its first certificate to end")
    void aChainEndsWithItsFirstCertificateToEnd() {
        ServingCertificate leaf = authority.issueServer(List.of("localhost"), Duration.ofDays(20));
        SelfSignedAuthority shorter = new SelfSignedAuthority("shorter", Duration.ofDays(10), InstantSource.fixed(NOW));
        ServingCertificate chain = new ServingCertificate(List.of(leaf.leaf(), shorter.certificate()), leaf.key());

        assertThat(chain.healthAt(NOW.plus(Duration.ofDays(11))))
                .isEqualTo(new Health.Unhealthy(
                        "the certificate of CN=localhost expired at 2026-12-01T00:00:00Z; renew it"));
    }

    @Test
    void neverPrintsTheKey() {
        ServingCertificate issued = authority.issueServer(List.of("localhost"), Duration.ofDays(1));

        assertThat(issued)
                .asString()
                .startsWith("certificate of CN=localhost, serial ")
                .doesNotContain("PRIVATE");
    }
}
