package dev.landwaiter.controller;

import dev.landwaiter.certs.RotationRules;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.CertificateEvents;
import dev.landwaiter.kubernetes.ClusterCertificates;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.Leadership;
import dev.landwaiter.kubernetes.OwnIdentity;
import dev.landwaiter.kubernetes.WatchedCertificates;
import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.InstantSource;
import java.util.Optional;

/** Keeping the certificates of our own, from the settings: the watches, the Lease, and who acts. */
public final class CertificateTask implements AutoCloseable {
    private final WatchedCertificates watched;
    private final Leadership leadership;
    private final CertificateController controller;

    /**
     * Starts at once.
     *
     * @param instance the name of this process, which no other has
     * @throws Failure {@code SETTING_INVALID} that names a setting that is missing
     */
    public CertificateTask(Settings settings, ClusterConnection cluster, String instance, InstantSource clock) {
        String namespace = settings.get(SettingRows.OWN_NAMESPACE);
        ClusterCertificates.Names names = new ClusterCertificates.Names(
                namespace,
                required(settings, SettingRows.WEBHOOK_CONFIGURATION),
                required(settings, SettingRows.TLS_SECRET),
                required(settings, SettingRows.AUTHORITY_SECRET));
        RotationRules rules = new RotationRules(
                required(settings, SettingRows.SERVICE),
                namespace,
                settings.get(SettingRows.AUTHORITY_LIFETIME),
                settings.get(SettingRows.CERTIFICATE_LIFETIME));
        String lease = required(settings, SettingRows.LEASE);
        Optional<OwnerReference> owner = OwnIdentity.owner(cluster, namespace);
        this.controller = new CertificateController(
                rules,
                new ClusterCertificates(cluster, names, owner),
                new CertificateEvents(cluster, namespace, names.certificate(), instance, clock),
                this::leads,
                clock);
        this.watched = new WatchedCertificates(cluster, names, controller::news);
        this.leadership = new Leadership(cluster, namespace, lease, instance, owner, controller::news);
        controller.start();
    }

    private static String required(Settings settings, Setting<String> setting) {
        return settings.find(setting)
                .orElseThrow(() -> new Failure(
                        Code.SETTING_INVALID,
                        "Could not start the controller: %s is missing. Give --webhook-configuration, --tls-secret, --authority-secret, --service and --lease; docs/certificates.md says what each is."
                                .formatted(setting.flag())));
    }

    /** Whether this process is the one that acts. */
    public boolean leads() {
        return leadership.held();
    }

    public CertificateController controller() {
        return controller;
    }

    /** Stops to act, then gives the Lease back. */
    @Override
    public void close() {
        controller.close();
        leadership.close();
        watched.close();
    }
}
