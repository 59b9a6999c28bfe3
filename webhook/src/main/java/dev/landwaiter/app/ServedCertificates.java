package dev.landwaiter.app;

import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.CoveredCertificateSource;
import dev.landwaiter.certs.FileCertificateSource;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.CertificateSecret;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.WebhookConfigurations;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The certificate that is served, and what readiness asks of it.
 *
 * @param check whether the API server trusts what is served; absent where nobody said by which configurations it calls us
 */
record ServedCertificates(CertificateSource source, Optional<Readiness.Check> check) {
    /** Where the certificate comes from, once it is known whether there is a cluster. */
    @FunctionalInterface
    interface Origin {
        CertificateSource open(Optional<ClusterConnection> cluster, Opened opened);
    }

    /**
     * Where {@code settings} say: a Secret, or two files, which are read at once.
     *
     * @throws Failure {@code SETTING_INVALID} where they say nothing
     */
    static Origin origin(Settings settings) {
        Optional<String> secret = settings.find(SettingRows.TLS_SECRET);
        if (secret.isPresent()) {
            return (cluster, opened) -> opened.add(new CertificateSecret(
                            needed(cluster, SettingRows.TLS_SECRET),
                            settings.get(SettingRows.OWN_NAMESPACE),
                            secret.get(),
                            Clock.systemUTC()))
                    .source();
        }
        Path certificate = required(settings.find(SettingRows.TLS_CERT), "--tls-cert");
        Path key = required(settings.find(SettingRows.TLS_KEY), "--tls-key");
        CertificateSource files = new FileCertificateSource(certificate, key, Clock.systemUTC());
        return (_, _) -> files;
    }

    private static Path required(Optional<Path> file, String flag) {
        return file.orElseThrow(() -> new Failure(
                Code.SETTING_INVALID,
                "Could not start the webhook: %s is missing. Give --tls-cert FILE and --tls-key FILE (the API server speaks only HTTPS), or try './landwaiter demo' in a clone."
                        .formatted(flag)));
    }

    /** What {@code origin} gives, held back until the API server trusts it where the settings name the configurations that say so. */
    static ServedCertificates open(
            Settings settings, Origin origin, Optional<ClusterConnection> cluster, Opened opened) {
        CertificateSource inner = origin.open(cluster, opened);
        Optional<String> configuration = settings.find(SettingRows.WEBHOOK_CONFIGURATION);
        if (configuration.isEmpty()) {
            return new ServedCertificates(inner, Optional.empty());
        }
        WebhookConfigurations bundles = opened.add(new WebhookConfigurations(
                needed(cluster, SettingRows.WEBHOOK_CONFIGURATION), configuration.get(), () -> {}));
        CoveredCertificateSource covered = new CoveredCertificateSource(inner, bundles, Clock.systemUTC());
        return new ServedCertificates(covered, Optional.of(ReadinessChecks.trustedCertificate(covered)));
    }

    private static ClusterConnection needed(Optional<ClusterConnection> cluster, Setting<?> setting) {
        return cluster.orElseThrow(() -> new Failure(
                Code.SETTING_INVALID,
                "Could not start the webhook: %s names an object of the cluster, and there is none. Give --kubeconfig FILE, or run it in a cluster."
                        .formatted(setting.flag())));
    }
}
