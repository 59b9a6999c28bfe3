package dev.landwaiter.app;

import static dev.landwaiter.kubernetes.CertificatesApi.NAMESPACE;
import static dev.landwaiter.kubernetes.CertificatesApi.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.CertificatesApi;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the webhook serves, from a Secret or from files, with the bundles of an API server in memory. */
class ServedCertificatesIT {
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<String> NAMES = List.of("landwaiter." + NAMESPACE + ".svc");

    private final CertificatesApi api = new CertificatesApi();
    private final ClusterConnection cluster = api.connect();
    private final Opened opened = new Opened();
    private final SelfSignedAuthority authority = new SelfSignedAuthority("one", DAY, Clock.systemUTC());
    private final SelfSignedAuthority next = new SelfSignedAuthority("two", DAY, Clock.systemUTC());

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        opened.close();
        cluster.close();
        api.close();
    }

    private static Settings settings(Map<String, String> flags) {
        Map<String, List<String>> all = new java.util.HashMap<>();
        all.put("--own-namespace", List.of(NAMESPACE));
        flags.forEach((flag, value) -> all.put(flag, List.of(value)));
        return Settings.resolve(all, Map.of());
    }

    private ServedCertificates open(Settings settings) {
        return ServedCertificates.open(settings, ServedCertificates.origin(settings), Optional.of(cluster), opened);
    }

    private ServedCertificates ofSecret() {
        return open(settings(Map.of("--tls-secret", "landwaiter-tls", "--webhook-configuration", "landwaiter")));
    }

    private void secret(ServingCertificate certificate) {
        api.secret("landwaiter-tls", Map.of("tls.crt", certificate.chainPem(), "tls.key", certificate.keyPem()));
    }

    private static Readiness.State trusted(ServedCertificates served) {
        return served.check().orElseThrow().state().get();
    }

    private static Readiness.State certificate(ServedCertificates served) {
        return Readiness.Check.certificate(served.source()).state().get();
    }

    @Test
    void startsWithoutASecretAndBecomesReadyOnceSecretAndBundleAreThere() {
        api.configurations("landwaiter", "");
        ServedCertificates served = ofSecret();
        await(() -> certificate(served) instanceof Readiness.State.NotReady(var why) && why.contains("does not exist"));
        assertThat(trusted(served)).isInstanceOf(Readiness.State.NotReady.class);
        try (var _ = served.source().start(_ -> {})) {
            ServingCertificate issued = authority.issueServer(NAMES, DAY);
            secret(issued);
            await(() -> served.source().get().equals(issued));
            await(
                    () -> trusted(served)
                            .equals(
                                    new Readiness.State.NotReady(
                                            "webhook \"mutate.landwaiter.dev\" of MutatingWebhookConfiguration \"landwaiter\" has no caBundle")));

            api.configurations("landwaiter", authority.certificatePem());
            await(() -> trusted(served).equals(new Readiness.State.Ready("2 caBundles verify it")));
            assertThat(certificate(served)).isInstanceOf(Readiness.State.Ready.class);
        }
    }

    @Test
    void aNewCertificateInTheSecretIsHeldBackUntilTheBundlesVerifyIt() {
        ServingCertificate first = authority.issueServer(NAMES, DAY);
        ServingCertificate second = next.issueServer(NAMES, Duration.ofSeconds(20));
        api.configurations("landwaiter", authority.certificatePem());
        secret(first);
        ServedCertificates served = ofSecret();
        try (var _ = served.source().start(_ -> {})) {
            await(() -> trusted(served) instanceof Readiness.State.Ready);

            secret(second);
            await(() -> certificate(served) instanceof Readiness.State.Degraded(var why)
                    && why.contains("held back until the API server trusts it"));
            assertThat(served.source().get()).isEqualTo(first);

            api.configurations("landwaiter", authority.certificatePem() + next.certificatePem());
            await(() -> served.source().get().equals(second));
        }
    }

    @Test
    void filesAreHeldBackAlike() throws Exception {
        Path chain = folder.resolve("tls.crt");
        Path key = folder.resolve("tls.key");
        ServingCertificate first = authority.issueServer(NAMES, DAY);
        Files.writeString(chain, first.chainPem());
        Files.writeString(key, first.keyPem());
        api.configurations("landwaiter", authority.certificatePem());
        ServedCertificates served = open(settings(Map.of(
                "--tls-cert", chain.toString(),
                "--tls-key", key.toString(),
                "--webhook-configuration", "landwaiter")));
        try (var _ = served.source().start(_ -> {})) {
            await(() -> trusted(served) instanceof Readiness.State.Ready);
            ServingCertificate second = next.issueServer(NAMES, Duration.ofSeconds(20));
            Files.writeString(chain, second.chainPem());
            Files.writeString(key, second.keyPem());

            await(() -> certificate(served) instanceof Readiness.State.Degraded);
            assertThat(served.source().get()).isEqualTo(first);
            api.configurations("landwaiter", authority.certificatePem() + next.certificatePem());
            await(() -> served.source().get().equals(second));
        }
    }

    @Test
    void withoutTheRightToReadTheConfigurationsItServesAndSaysSo() {
        api.refuse("webhookconfigurations");
        secret(authority.issueServer(NAMES, DAY));
        ServedCertificates served = ofSecret();
        try (var _ = served.source().start(_ -> {})) {
            await(() -> trusted(served) instanceof Readiness.State.Degraded(var why)
                    && why.startsWith("whether the API server trusts it cannot be told: "));
            await(() -> certificate(served) instanceof Readiness.State.Ready);
        }
    }

    @Test
    void withoutConfigurationsItIsReadyBecauseNobodyCalls() {
        secret(authority.issueServer(NAMES, DAY));
        ServedCertificates served = ofSecret();

        await(() -> trusted(served)
                .equals(new Readiness.State.Degraded(
                        "no webhook configuration names it: the API server calls nobody")));
    }

    @Test
    void namesOfObjectsNeedACluster() {
        Settings settings = settings(Map.of("--tls-secret", "landwaiter-tls"));

        assertThatThrownBy(() -> ServedCertificates.open(
                        settings, ServedCertificates.origin(settings), Optional.empty(), opened))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith(
                        "Could not start the webhook: --tls-secret names an object of the cluster, and there is none.");
    }
}
