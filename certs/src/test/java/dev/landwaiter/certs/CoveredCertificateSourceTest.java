package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.certs.CoveredCertificateSource.Trust;
import dev.landwaiter.certs.LiveBundles.Known;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoveredCertificateSourceTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    private static final List<String> NAMES = List.of(RotatingCluster.SERVER);

    private Instant now = START;
    private Known known = new Known.Pending();
    private final InstantSource clock = () -> now;
    private final SelfSignedAuthority old = new SelfSignedAuthority("old", Duration.ofDays(1), clock);
    private final SelfSignedAuthority next = new SelfSignedAuthority("next", Duration.ofDays(1), clock);
    private final ServingCertificate served = old.issueServer(NAMES, Duration.ofHours(1));
    private final ServingCertificate renewed = next.issueServer(NAMES, Duration.ofHours(2));
    private final StoredCertificateSource stored =
            new StoredCertificateSource("of Secret \"landwaiter/landwaiter-tls\"", clock);
    private final CoveredCertificateSource source =
            new CoveredCertificateSource(stored, () -> known, clock, Duration.ofHours(1));

    private void bundle(SelfSignedAuthority... authorities) {
        known = new Known.Places(List.of(RotatingCluster.place(
                "mutate",
                List.of(authorities).stream()
                        .map(SelfSignedAuthority::certificate)
                        .toList())));
    }

    private void find(ServingCertificate certificate) {
        stored.found(RotatingCluster.bytes(certificate.chainPem()), RotatingCluster.bytes(certificate.keyPem()));
        source.look();
    }

    @Test
    void withoutASecretItServesWhatNobodyAcceptsAndSaysWhy() {
        stored.missing("Secret \"landwaiter/landwaiter-tls\" does not exist yet: the controller creates it");
        source.look();

        assertThat(source.healthy())
                .isEqualTo(new Health.Unhealthy(
                        "Secret \"landwaiter/landwaiter-tls\" does not exist yet: the controller creates it"));
        assertThat(source.get().notAfter()).isBefore(START);
    }

    @Test
    void theFirstCertificateIsServedWhateverTheBundlesSay() {
        bundle();
        find(served);

        assertThat(source.get()).isEqualTo(served);
        assertThat(source.trust()).isEqualTo(new Trust.Refused("webhook \"mutate\" has no caBundle"));
        bundle(old);
        assertThat(source.trust()).isEqualTo(new Trust.Trusted(1));
    }

    @Test
    void aTornSecretKeepsTheLastGoodPair() {
        bundle(old);
        find(served);

        stored.found(RotatingCluster.bytes(renewed.chainPem()), RotatingCluster.bytes(served.keyPem()));
        source.look();

        assertThat(source.get()).isEqualTo(served);
        assertThat(source.healthy())
                .isInstanceOfSatisfying(
                        Health.Degraded.class,
                        degraded -> assertThat(degraded.reason())
                                .startsWith("Could not use certificate of Secret \"landwaiter/landwaiter-tls\""));
        stored.missing("Secret \"landwaiter/landwaiter-tls\" does not exist any more");
        assertThat(source.get()).isEqualTo(served);
        find(served);
        assertThat(source.healthy()).isEqualTo(new Health.Healthy(served.notAfter()));
    }

    @Test
    void aNewCertificateIsHandedOverOnceItIsTrusted() {
        bundle(old);
        find(served);
        List<ServingCertificate> handed = new ArrayList<>();
        try (CertificateSource.Watch _ = source.start(handed::add)) {
            find(renewed);
            assertThat(source.healthy())
                    .isInstanceOfSatisfying(
                            Health.Degraded.class,
                            degraded -> assertThat(degraded.reason())
                                    .startsWith("a newer certificate is held back until the API server trusts it"));
            bundle(old, next);
            source.look();
            now = now.plusSeconds(29);
            source.look();
            assertThat(handed).isEmpty();
            now = now.plusSeconds(1);
            source.look();
        }

        assertThat(handed).containsExactly(renewed);
        assertThat(source.healthy()).isEqualTo(new Health.Healthy(renewed.notAfter()));
    }

    @Test
    void aBundleThatIsDroppedLaterTakesNoReplicaOutOfService() {
        bundle(old);
        find(served);
        bundle();

        assertThat(source.trust())
                .isEqualTo(
                        new Trust.Unknown("webhook \"mutate\" has no caBundle any more; it has to be written again"));
    }

    @Test
    void aBundleOfOthersDoes() {
        bundle(old);
        find(served);
        bundle(next);

        assertThat(source.trust()).isInstanceOf(Trust.Refused.class);
    }

    @Test
    void whatCannotBeReadIsSaid() {
        known = new Known.Unreadable("the API server answered 403");
        find(served);

        assertThat(source.trust())
                .isEqualTo(
                        new Trust.Unknown(
                                "whether the API server trusts it cannot be told: the API server answered 403. New certificates are served at once"));
        known = new Known.Places(List.of());
        assertThat(source.trust())
                .isEqualTo(new Trust.Unknown("no webhook configuration names it: the API server calls nobody"));
    }
}
