package dev.landwaiter.certs;

import static dev.landwaiter.certs.RotatingCluster.RULES;
import static dev.landwaiter.certs.RotatingCluster.START;
import static dev.landwaiter.certs.RotatingCluster.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RotationTest {
    private static final Duration SETTLING = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    private final RotatingCluster cluster = new RotatingCluster();

    @Test
    void installsAuthorityTrustAndCertificateWithoutWaiting() {
        cluster.rest();

        assertThat(cluster.reasons()).containsExactly("AuthorityCreated", "BundleWritten", "CertificateCreated");
        assertThat(cluster.leaf().notAfter()).isEqualTo(START.plus(HOUR));
        assertThat(cluster.leaf().leaf().getNotBefore())
                .as("so that a server whose clock is late accepts it")
                .isEqualTo(START.minus(HOUR));
        assertThat(cluster.trusts(cluster.leaf())).isTrue();
    }

    @Test
    void issuesACertificateBeforeAnybodyIsToldToCallUs() {
        cluster.places = List.of();
        cluster.rest();

        assertThat(cluster.reasons()).containsExactly("AuthorityCreated", "CertificateCreated");
    }

    @Test
    void renewsTheCertificateInTheLastThirdOfItsLife() {
        cluster.rest();
        ServingCertificate first = cluster.leaf();
        cluster.pass(Duration.ofMinutes(39));
        assertThat(cluster.leaf()).isEqualTo(first);

        cluster.pass(Duration.ofMinutes(2));

        assertThat(cluster.leaf().notAfter()).isAfter(first.notAfter());
        assertThat(cluster.done.getLast().why()).isEqualTo("The certificate expires at 2026-11-21T01:00:00Z");
    }

    @Test
    void aNewAuthoritySignsOnlyAfterItHasBeenTrustedEverywhereForAWhile() {
        cluster.rest();
        X509Certificate old = cluster.stored().certificates().getFirst();
        passUntil("AuthorityRenewed");
        Instant renewed = cluster.now;

        cluster.rest();
        assertThat(cluster.stored().certificates()).hasSize(2);
        assertThat(cluster.places)
                .allSatisfy(place -> assertThat(place.authorities())
                        .containsExactlyInAnyOrderElementsOf(cluster.stored().certificates()));
        assertThat(cluster.leaf().chain()).contains(old);

        cluster.pass(SETTLING.minusSeconds(1));
        assertThat(cluster.leaf().chain()).contains(old);
        cluster.pass(Duration.ofSeconds(1));
        assertThat(cluster.leaf().chain()).doesNotContain(old);
        assertThat(Duration.between(renewed, cluster.now)).isEqualTo(SETTLING);
    }

    @Test
    void whoDropsABundleOnTheWayMakesTheNewAuthorityWaitAnew() {
        cluster.rest();
        passUntil("AuthorityRenewed");
        cluster.pass(SETTLING.minusSeconds(1));
        X509Certificate newest = cluster.stored().certificates().getFirst();

        cluster.places = List.of(cluster.places.get(0), RotatingCluster.place("validate", List.of()));
        cluster.pass(SETTLING.minusSeconds(1));

        assertThat(cluster.leaf().chain()).doesNotContain(newest);
        cluster.pass(Duration.ofSeconds(1));
        assertThat(cluster.leaf().chain()).contains(newest);
    }

    @Test
    void aNewLeaderWaitsForItself() {
        cluster.rest();
        passUntil("AuthorityRenewed");
        cluster.pass(SETTLING.minusSeconds(1));
        X509Certificate newest = cluster.stored().certificates().getFirst();
        cluster.newLeader();

        cluster.pass(SETTLING.minusSeconds(1));

        assertThat(cluster.leaf().chain()).doesNotContain(newest);
        cluster.pass(Duration.ofSeconds(1));
        assertThat(cluster.leaf().chain()).contains(newest);
    }

    @Test
    void theOldAuthorityForgetsItsKeyOnceItHasSignedItsLastAndStaysTrustedUntilItExpires() {
        cluster.rest();
        X509Certificate old = cluster.stored().certificates().getFirst();
        passUntil("AuthorityRetired");

        assertThat(cluster.stored().issuing())
                .singleElement()
                .extracting(IssuingAuthority::certificate)
                .isNotEqualTo(old);
        assertThat(cluster.places)
                .allSatisfy(place -> assertThat(place.authorities()).contains(old));

        cluster.pass(Duration.between(cluster.now, old.getNotAfter().toInstant()));
        assertThat(cluster.reasons()).contains("AuthorityExpired");
        assertThat(cluster.places)
                .allSatisfy(place -> assertThat(place.authorities()).doesNotContain(old));
    }

    @Test
    @Tag("attack-46")
    @DisplayName("Attack 46: an authority has a successor before a certificate of it would have to end early")
    void everyCertificateHasItsWholeLifetime() {
        cluster.rest();
        for (int i = 0; i < 50; i++) {
            cluster.pass(Duration.ofMinutes(41));
            Duration left = Duration.between(cluster.now, cluster.leaf().notAfter());
            assertThat(left).isBetween(Duration.ofMinutes(20), HOUR);
        }
        assertThat(cluster.done.stream()
                        .filter(RotationAction.WriteCertificate.class::isInstance)
                        .count())
                .as("none is issued for nothing")
                .isBetween(50L, 80L);
    }

    @Test
    void aBundleThatSomebodyDroppedOrReplacedIsWrittenAgainAndAStrangerIsNotTrusted() {
        cluster.rest();
        X509Certificate stranger =
                new SelfSignedAuthority("stranger", Duration.ofDays(1), InstantSource.fixed(START)).certificate();
        cluster.places = List.of(
                RotatingCluster.place("mutate", List.of()), RotatingCluster.place("validate", List.of(stranger)));

        cluster.rest();

        assertThat(cluster.done.getLast().reason()).isEqualTo("BundleWritten");
        assertThat(cluster.places)
                .allSatisfy(place -> assertThat(place.authorities())
                        .isEqualTo(cluster.stored().certificates()));
        assertThat(cluster.stored().certificates()).doesNotContain(stranger);
    }

    @Test
    void aDeletedEmptyTornOrCorruptedCertificateIsIssuedAnew() {
        cluster.rest();
        Map<String, byte[]> good =
                new HashMap<>(cluster.observed().certificate().orElseThrow());
        List<Map<String, byte[]>> broken = new ArrayList<>();
        broken.add(null);
        broken.add(Map.of());
        broken.add(Map.of("tls.crt", new byte[0], "tls.key", new byte[0]));
        broken.add(with(good, "tls.key", bytes("nothing")));
        broken.add(with(good, "tls.crt", bytes(text(good, "tls.crt").substring(0, 200))));
        broken.add(with(
                good,
                "tls.key",
                bytes(cluster.stored().issuing().stream()
                        .map(one -> ServingCertificate.keyPem(one.key()))
                        .findFirst()
                        .orElseThrow())));
        for (Map<String, byte[]> one : broken) {
            cluster.certificate = one;
            cluster.rest();

            assertThat(cluster.reasons().getLast())
                    .isEqualTo(one == null ? "CertificateCreated" : "CertificateRepaired");
            assertThat(cluster.trusts(cluster.leaf())).isTrue();
        }
        assertThat(cluster.stored().certificates()).hasSize(1);
    }

    private static String text(Map<String, byte[]> entries, String key) {
        return new String(entries.getOrDefault(key, new byte[0]), StandardCharsets.US_ASCII);
    }

    private static Map<String, byte[]> with(Map<String, byte[]> entries, String key, byte[] value) {
        Map<String, byte[]> changed = new HashMap<>(entries);
        changed.put(key, value);
        return changed;
    }

    @Test
    void whenTheAuthorityIsLostItsCertificateStaysTrustedWhileANewOneSettles() {
        cluster.rest();
        ServingCertificate served = cluster.leaf();
        Map<String, byte[]> good = cluster.observed().authorities().orElseThrow();
        List<Map<String, byte[]>> broken = new ArrayList<>();
        broken.add(null);
        broken.add(Map.of());
        broken.add(with(good, "ca.key", new byte[0]));
        broken.add(with(good, "ca.key", bytes("garbage")));
        broken.add(with(good, "ca.crt", bytes("garbage")));
        broken.add(with(good, "ca.crt", bytes(text(good, "ca.crt").substring(0, 100))));
        for (Map<String, byte[]> one : broken) {
            cluster.authorities = one;
            cluster.rest();

            assertThat(cluster.trusts(served)).isTrue();
            cluster.pass(SETTLING);
            assertThat(cluster.trusts(served)).isTrue();
            assertThat(Chains.verifies(
                            cluster.leaf().chain(),
                            List.of(cluster.stored().issuing().getFirst().certificate()),
                            cluster.now))
                    .isTrue();
        }
    }

    @Test
    void whenAllIsLostAtOnceWhatIsServedStaysTrustedByTheBundlesAlone() {
        cluster.rest();
        ServingCertificate served = cluster.leaf();
        cluster.authorities = null;
        cluster.certificate = null;

        cluster.rest();

        assertThat(cluster.reasons()).endsWith("AuthorityLost", "BundleWritten");
        assertThat(cluster.trusts(served)).isTrue();
        assertThat(cluster.observed().certificate())
                .as("the new one has to settle")
                .isEmpty();
        cluster.pass(SETTLING);
        assertThat(cluster.trusts(served)).isTrue();
        assertThat(cluster.trusts(cluster.leaf())).isTrue();
    }

    @Test
    void aDamagedAuthorityIsWrittenCleanAndKeepsItsKey() {
        cluster.rest();
        X509Certificate before = cluster.stored().certificates().getFirst();
        Map<String, byte[]> good = cluster.observed().authorities().orElseThrow();
        cluster.authorities = with(good, "ca.crt", bytes(text(good, "ca.crt") + "-----BEGIN CERTIF"));

        cluster.rest();

        assertThat(cluster.reasons().getLast()).isEqualTo("AuthorityRepaired");
        assertThat(cluster.stored().issuing())
                .singleElement()
                .extracting(IssuingAuthority::certificate)
                .isEqualTo(before);
        assertThat(cluster.stored().damaged()).isFalse();
    }

    @Test
    void takesOverFromAnotherIssuerWithoutAMomentOfDistrust() {
        SelfSignedAuthority certManagers =
                new SelfSignedAuthority("cert-manager's", Duration.ofDays(1), InstantSource.fixed(START));
        ServingCertificate served = certManagers.issueServer(RULES.names(), Duration.ofHours(12));
        cluster.certificate = Observed.entries(served, List.of(certManagers.certificate()));
        cluster.trustEverywhere(List.of(certManagers.certificate()));

        cluster.rest();
        assertThat(cluster.trusts(served)).isTrue();
        assertThat(cluster.leaf()).isEqualTo(served);

        cluster.pass(SETTLING);
        assertThat(cluster.leaf()).isNotEqualTo(served);
        assertThat(cluster.trusts(served)).isTrue();
        assertThat(cluster.trusts(cluster.leaf())).isTrue();
    }

    @Test
    void whoMayWriteTheCertificatesSecretCannotHaveAnAuthorityTrusted() {
        cluster.rest();
        SelfSignedAuthority attacker =
                new SelfSignedAuthority("attacker", Duration.ofDays(1), InstantSource.fixed(START));
        cluster.certificate = Observed.entries(
                attacker.issueServer(RULES.names(), Duration.ofHours(12)), List.of(attacker.certificate()));

        cluster.rest();

        assertThat(cluster.places)
                .allSatisfy(place -> assertThat(place.authorities()).doesNotContain(attacker.certificate()));
        assertThat(cluster.trusts(cluster.leaf())).isTrue();
    }

    @Test
    void aCertificateWithoutTheServicesNameIsReplaced() {
        cluster.rest();
        IssuingAuthority authority = cluster.stored().issuing().getFirst();
        cluster.certificate = Observed.entries(
                new RotationRules("other", "elsewhere", Duration.ofHours(6), HOUR)
                        .newCertificate(authority, cluster.now),
                cluster.stored().certificates());

        cluster.rest();

        assertThat(cluster.done.getLast().why()).isEqualTo("The certificate lacks a name of the service");
        assertThat(cluster.trusts(cluster.leaf())).isTrue();
    }

    @Test
    @Tag("attack-47")
    @DisplayName("Attack 47: after weeks with nothing running, when all has expired, all is issued anew at once")
    void afterWeeksWithNothingRunningAllIsIssuedAnewAtOnce() {
        cluster.rest();
        cluster.now = cluster.now.plus(Duration.ofDays(21));
        cluster.newLeader();

        cluster.rest();

        assertThat(cluster.trusts(cluster.leaf())).isTrue();
        assertThat(cluster.stored().certificates()).hasSize(1);
    }

    @Test
    void writtenSecretsNeverShowTheirKeys() {
        cluster.rest();

        assertThat(cluster.done).asString().doesNotContain("PRIVATE");
        assertThat(cluster.stored()).asString().doesNotContain("PRIVATE").contains("which signs");
    }

    private void passUntil(String reason) {
        for (int i = 0; i < 1000; i++) {
            Instant next = cluster.round();
            if (cluster.reasons().getLast().equals(reason)) {
                return;
            }
            cluster.now = next;
        }
        throw new AssertionError("no " + reason + " in " + cluster.reasons());
    }
}
