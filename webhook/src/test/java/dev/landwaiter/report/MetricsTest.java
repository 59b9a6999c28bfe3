package dev.landwaiter.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.TrustRoot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void decisionsAreCountedByEndpointDecisionAndCode() {
        DecisionMetrics decisions = new DecisionMetrics(metrics.registry());

        decisions.decided(DecisionLogTest.event(DecisionLogTest.ALLOWED));
        decisions.decided(DecisionLogTest.event(DecisionLogTest.ALLOWED));
        decisions.decided(DecisionLogTest.event(DecisionLogTest.DENIED));

        assertThat(metrics.text())
                .contains("landwaiter_decisions_total{code=\"\",decision=\"allowed\",endpoint=\"mutate\"} 2.0")
                .contains(
                        "landwaiter_decisions_total{code=\"SIGNATURE_MISSING\",decision=\"denied\",endpoint=\"mutate\"} 1.0")
                .contains(
                        "landwaiter_decision_duration_seconds_bucket{decision=\"allowed\",endpoint=\"mutate\",le=\"0.001\"} 0")
                .contains(
                        "landwaiter_decision_duration_seconds_bucket{decision=\"allowed\",endpoint=\"mutate\",le=\"0.005\"} 2");
    }

    @Test
    void wouldBeDenialsAreCountedForEachPolicy() {
        new DecisionMetrics(metrics.registry())
                .decided(DecisionLogTest.event(
                        Endpoint.VALIDATE,
                        DecisionLogTest.ALLOWED,
                        new ImageOutcome(
                                "p",
                                "a",
                                "a",
                                "rejected",
                                List.of("next"),
                                "SIGNATURE_MISSING",
                                List.of(new ImageOutcome.WouldDeny(
                                        "p", "next", "audit", "SIGNATURE_MISSING", "why")))));

        assertThat(metrics.text())
                .contains("landwaiter_policy_would_deny_total{mode=\"audit\",policy=\"next\"} 1.0")
                .contains("landwaiter_images_total{code=\"SIGNATURE_MISSING\",outcome=\"rejected\"} 1.0");
    }

    @Test
    void thePodThatBothWebhooksLookAtCountsOnce() {
        DecisionMetrics decisions = new DecisionMetrics(metrics.registry());
        ImageOutcome image = new ImageOutcome(
                "p",
                "a",
                "a",
                "rejected",
                List.of("next"),
                "",
                List.of(new ImageOutcome.WouldDeny("p", "next", "audit", "SIGNATURE_MISSING", "why")));

        decisions.decided(DecisionLogTest.event(Endpoint.MUTATE, DecisionLogTest.ALLOWED, image));
        decisions.decided(DecisionLogTest.event(Endpoint.VALIDATE, DecisionLogTest.ALLOWED, image));

        assertThat(metrics.text())
                .contains("landwaiter_policy_would_deny_total{mode=\"audit\",policy=\"next\"} 1.0")
                .contains("landwaiter_images_total{code=\"\",outcome=\"rejected\"} 1.0")
                .contains("landwaiter_decisions_total{code=\"\",decision=\"allowed\",endpoint=\"mutate\"} 1.0")
                .contains("landwaiter_decisions_total{code=\"\",decision=\"allowed\",endpoint=\"validate\"} 1.0");

        decisions.decided(DecisionLogTest.event(Endpoint.MUTATE, DecisionLogTest.DENIED, image));

        assertThat(metrics.text())
                .as("nobody asks again about what is refused")
                .contains("landwaiter_images_total{code=\"\",outcome=\"rejected\"} 2.0");
    }

    @Test
    void theStateIsAskedWhenMetricsAre() {
        Instant now = Instant.parse("2026-11-21T00:00:00Z");
        SelfSignedAuthority authority = new SelfSignedAuthority("test", Duration.ofDays(30), InstantSource.fixed(now));
        new StateMetrics(metrics.registry())
                .policies(() -> PolicySet.EMPTY, () -> true)
                .policiesBeyondLimits(() -> 2)
                .certificate(CertificateSource.fixed(
                        authority.issueServer(List.of("localhost"), Duration.ofDays(1)), InstantSource.fixed(now)))
                .tier("memory", () -> 3, () -> 1)
                .unconfirmedTags(() -> 2);

        assertThat(metrics.text())
                .contains("landwaiter_policies 0.0")
                .contains("landwaiter_policies_broken 0.0")
                .contains("landwaiter_policies_degraded 1.0")
                .contains("landwaiter_policies_beyond_limits 2.0")
                .contains("landwaiter_certificate_not_after_seconds 1.7953056E9")
                .contains("landwaiter_certificate_healthy 1.0")
                .contains("landwaiter_tier_requests_total{result=\"hit\",tier=\"memory\"} 3.0")
                .contains("landwaiter_tier_requests_total{result=\"miss\",tier=\"memory\"} 1.0")
                .contains("landwaiter_tags_unconfirmed_total 2.0");
    }

    @Test
    void refreshesOfTheTrustRootAreCountedFromTheStartOn() {
        AtomicReference<Optional<Instant>> refreshed = new AtomicReference<>(Optional.empty());
        TrustRootMetrics refreshes = new TrustRootMetrics(metrics.registry(), refreshed::get);

        assertThat(metrics.text())
                .contains("landwaiter_trust_root_refreshed_seconds NaN")
                .contains("landwaiter_trust_root_refreshes_total{result=\"TUF_REFUSED\"} 0.0");
        refreshes.attempted(Optional.empty());
        refreshes.attempted(Optional.of(Code.TUF_REFUSED));
        refreshed.set(Optional.of(Instant.parse("2026-11-21T00:00:00Z")));

        assertThat(metrics.text())
                .contains("landwaiter_trust_root_refreshed_seconds 1.7952192E9")
                .contains("landwaiter_trust_root_refreshes_total{result=\"refreshed\"} 1.0")
                .contains("landwaiter_trust_root_refreshes_total{result=\"TUF_REFUSED\"} 1.0")
                .contains("landwaiter_trust_root_refreshes_total{result=\"TUF_UNAVAILABLE\"} 0.0");
    }

    @Test
    void exceptionsAndTrustRootsAreCounted() {
        Instant now = Instant.parse("2026-11-21T00:00:00Z");
        PolicySet set = new PolicySet(
                List.of(),
                List.of(
                        exemption("a", now.plusSeconds(1), null),
                        exemption("b", now, null),
                        exemption("c", now.plusSeconds(1), "broken")));
        new StateMetrics(metrics.registry())
                .exceptions(() -> set, InstantSource.fixed(now))
                .trustRoots(() -> List.of(new TrustRoot("private", "", null, "broken")));

        assertThat(metrics.text())
                .contains("landwaiter_exceptions 1.0")
                .contains("landwaiter_exceptions_expired 1.0")
                .contains("landwaiter_exceptions_broken 1.0")
                .contains("landwaiter_trust_roots 1.0")
                .contains("landwaiter_trust_roots_broken 1.0");
    }

    private static Exemption exemption(String name, Instant expires, @Nullable String problem) {
        return new Exemption(name, Set.of(), List.of(), Set.of(), expires, "reason", problem);
    }

    @Test
    void theWatchesOfTheClusterAreShown(@TempDir Path folder) throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://api.test:6443"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);
        try (ClusterConnection cluster = ClusterConnection.of(kubeconfig, Limits.defaults())) {
            new StateMetrics(metrics.registry()).cluster(cluster.watches(), cluster.contact());

            cluster.contact().answered(URI.create("https://api.test:6443/api"), 401);

            assertThat(metrics.text())
                    .contains("landwaiter_watch_connected{watch=\"clusterimagepolicies\"} 1.0")
                    .contains("landwaiter_watch_connected{watch=\"policy-materials\"} 1.0")
                    .contains("landwaiter_watch_silent_seconds{watch=\"namespaces\"} 0.0")
                    .contains("landwaiter_cluster_failures_total{cause=\"unauthorized\"} 1.0")
                    .contains("landwaiter_cluster_failures_total{cause=\"forbidden\"} 0.0")
                    .contains("landwaiter_cluster_failures_total{cause=\"unreachable\"} 0.0");
        }
    }

    @Test
    void policiesThatWereNeverSeenAreNotNone() {
        new StateMetrics(metrics.registry())
                .policies(
                        () -> {
                            throw new Failure(Code.CLUSTER_UNAVAILABLE, "not yet");
                        },
                        () -> false);

        assertThat(metrics.text()).contains("landwaiter_policies NaN");
    }

    @Test
    @Tag("attack-69")
    @DisplayName(
            "Attack 69: the policies and registries that tenants name make no series without end, and hide nobody else's")
    void tenantsCannotMakeSeriesWithoutEnd() {
        DecisionMetrics decisions = new DecisionMetrics(metrics.registry());
        RegistryMetrics registries = new RegistryMetrics(metrics.registry());
        int before = metrics.registry().getMeters().size();

        for (int i = 0; i < 10_000; i++) {
            decisions.decided(DecisionLogTest.event(
                    Endpoint.VALIDATE,
                    DecisionLogTest.ALLOWED,
                    wouldDeny("tenant-%d/policy".formatted(i)),
                    wouldDeny("of-the-cluster")));
            registries.requested("host-" + i, "200");
            registries.requested("ghcr.io", "200");
            registries.requested("evil.test", String.valueOf(100 + i % 900));
        }

        assertThat(metrics.registry().getMeters()).hasSizeLessThan(before + 2_100);
        assertThat(metrics.text())
                .contains("landwaiter_policy_would_deny_total{mode=\"audit\",policy=\"of-the-cluster\"} 10000.0")
                .contains("landwaiter_registry_requests_total{host=\"ghcr.io\",result=\"200\"} 10000.0")
                .contains("{host=\"evil.test\",result=\"9xx\"}")
                .doesNotContain("result=\"999\"");
    }

    private static ImageOutcome wouldDeny(String policy) {
        return new ImageOutcome(
                "p",
                "a",
                "a",
                "rejected",
                List.of(policy),
                "",
                List.of(new ImageOutcome.WouldDeny("p", policy, "audit", "SIGNATURE_MISSING", "why")));
    }
}
