package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.certs.LiveBundles.Known;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingChoiceTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final List<String> NAMES = List.of(RotatingCluster.SERVER);

    private final SelfSignedAuthority old = authority("old");
    private final SelfSignedAuthority next = authority("next");
    private final ServingCertificate served = old.issueServer(NAMES, Duration.ofHours(1));
    private final ServingCertificate renewed = next.issueServer(NAMES, Duration.ofHours(1));
    private final ServingChoice choice = ServingChoice.of(served);

    private static SelfSignedAuthority authority(String name) {
        return new SelfSignedAuthority(name, Duration.ofDays(1), InstantSource.fixed(NOW));
    }

    private static Known bundles(X509Certificate... authorities) {
        return new Known.Places(List.of(
                RotatingCluster.place("mutate", List.of(authorities)),
                RotatingCluster.place("validate", List.of(authorities))));
    }

    @Test
    void aNewCertificateWaitsUntilEveryBundleVerifiesItAndThenForAWhile() {
        ServingChoice held = choice.next(renewed, bundles(old.certificate()), NOW);
        assertThat(held.current()).isEqualTo(served);
        assertThat(held.held(bundles(old.certificate()), NOW))
                .hasValueSatisfying(why -> assertThat(why)
                        .isEqualTo(
                                "a newer certificate is held back until the API server trusts it: the caBundle of webhook \"mutate\" does not verify the certificate of CN=landwaiter.landwaiter-system.svc, serial %s"
                                        .formatted(renewed.leaf().getSerialNumber())));

        Known both = bundles(old.certificate(), next.certificate());
        ServingChoice settling = held.next(renewed, both, NOW.plusSeconds(10));
        assertThat(settling.current()).isEqualTo(served);
        assertThat(settling.held(both, NOW)).isEmpty();
        assertThat(settling.next(renewed, both, NOW.plusSeconds(39)).current()).isEqualTo(served);
        assertThat(settling.next(renewed, both, NOW.plusSeconds(40)).current()).isEqualTo(renewed);
    }

    @Test
    void aGapInTheTrustStartsTheWaitAnew() {
        Known both = bundles(old.certificate(), next.certificate());
        ServingChoice gap = choice.next(renewed, both, NOW)
                .next(renewed, bundles(old.certificate()), NOW.plusSeconds(20))
                .next(renewed, both, NOW.plusSeconds(25));

        assertThat(gap.next(renewed, both, NOW.plusSeconds(54)).current()).isEqualTo(served);
        assertThat(gap.next(renewed, both, NOW.plusSeconds(55)).current()).isEqualTo(renewed);
    }

    @Test
    void oneBundleThatLacksItIsEnoughToWait() {
        Known oneLacks = new Known.Places(List.of(
                RotatingCluster.place("mutate", Arrays.asList(old.certificate(), next.certificate())),
                RotatingCluster.place("validate", List.of(old.certificate()))));

        assertThat(choice.next(renewed, oneLacks, NOW)
                        .next(renewed, oneLacks, NOW.plusSeconds(300))
                        .current())
                .isEqualTo(served);
    }

    @Test
    void whatTheBundlesDoNotVerifyAnyMoreIsReplacedAtOnce() {
        assertThat(choice.next(renewed, bundles(next.certificate()), NOW).current())
                .isEqualTo(renewed);
    }

    @Test
    void anExpiredCertificateIsReplacedWhateverTheBundlesSay() {
        assertThat(choice.next(renewed, bundles(old.certificate()), served.notAfter())
                        .current())
                .isEqualTo(renewed);
    }

    @Test
    void whileAllBundlesAreEmptyWhatIsServedStays() {
        assertThat(choice.next(renewed, bundles(), NOW)
                        .next(renewed, bundles(), NOW.plusSeconds(300))
                        .current())
                .isEqualTo(served);
    }

    @Test
    void whileNothingIsKnownOfTheBundlesWhatIsServedStays() {
        assertThat(choice.next(renewed, new Known.Pending(), NOW).current()).isEqualTo(served);
    }

    @Test
    void withoutTheRightToReadThemNewCertificatesAreServedAtOnce() {
        assertThat(choice.next(renewed, new Known.Unreadable("no right"), NOW).current())
                .isEqualTo(renewed);
    }

    @Test
    void whereNobodyIsToldToCallUsItIsServedAfterAWhile() {
        Known nobody = new Known.Places(List.of());
        assertThat(choice.next(renewed, nobody, NOW)
                        .next(renewed, nobody, NOW.plusSeconds(30))
                        .current())
                .isEqualTo(renewed);
    }

    @Test
    void aCertificateOfAnotherServiceIsNotServed() {
        ServingCertificate swapped = old.issueServer(List.of("other.elsewhere.svc"), Duration.ofHours(1));
        Known known = bundles(old.certificate());

        ServingChoice held = choice.next(swapped, known, NOW).next(swapped, known, NOW.plusSeconds(300));

        assertThat(held.current()).isEqualTo(served);
        assertThat(held.held(known, NOW))
                .hasValueSatisfying(
                        why -> assertThat(why)
                                .endsWith(
                                        "webhook \"mutate\" calls \"landwaiter.landwaiter-system.svc\", which is not a name of the certificate"));
    }

    @Test
    void aShortCertificateWaitsAShareOfItsLife() {
        ServingCertificate brief = next.issueServer(NAMES, Duration.ofMinutes(2));
        Known both = bundles(old.certificate(), next.certificate());

        assertThat(choice.next(brief, both, NOW)
                        .next(brief, both, NOW.plusSeconds(6))
                        .current())
                .isEqualTo(brief);
    }
}
