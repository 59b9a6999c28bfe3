package dev.landwaiter.settings;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.Choices.ClusterUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What settings must be to one another. */
final class SettingsCheck {
    static final int ROOM = 4;

    private SettingsCheck() {}

    static void check(Settings settings, List<String> mistakes) {
        boolean certificate = settings.find(SettingRows.TLS_CERT).isPresent();
        boolean key = settings.find(SettingRows.TLS_KEY).isPresent();
        if (certificate != key) {
            mistakes.add(
                    certificate
                            ? "--tls-cert is set without --tls-key: set both or neither"
                            : "--tls-key is set without --tls-cert: set both or neither");
        }
        if (settings.find(SettingRows.KUBECONFIG).isPresent() && settings.get(SettingRows.CLUSTER) == ClusterUse.OFF) {
            mistakes.add("--kubeconfig names a cluster and --cluster off forbids one: drop one of them");
        }
        checkCertificates(settings, mistakes);
        checkRefresh(settings, mistakes);
        checkCallers(settings, mistakes);
        checkRoom(settings.get(SettingRows.LIMIT), mistakes);
        HostPort listen = settings.get(SettingRows.LISTEN);
        if (listen.port() != 0 && listen.equals(settings.get(SettingRows.MANAGEMENT_LISTEN))) {
            mistakes.add("--listen and --management-listen are both %s: give each its own port".formatted(listen));
        }
    }

    private static void checkCertificates(Settings settings, List<String> mistakes) {
        if (settings.find(SettingRows.AUTHORITY_SECRET).isEmpty()
                && settings.find(SettingRows.TLS_SECRET).isPresent()
                && settings.find(SettingRows.TLS_CERT).isPresent()) {
            mistakes.add("--tls-secret and --tls-cert are both set: say in one way which certificate is served");
        }
        for (Setting<String> setting : List.of(SettingRows.TLS_SECRET, SettingRows.WEBHOOK_CONFIGURATION)) {
            if (settings.find(setting).isPresent() && settings.get(SettingRows.CLUSTER) == ClusterUse.OFF) {
                mistakes.add("%s names an object of the cluster and --cluster off forbids one: drop one of them"
                        .formatted(setting.flag()));
            }
        }
        Duration authority = settings.get(SettingRows.AUTHORITY_LIFETIME);
        Duration certificate = settings.get(SettingRows.CERTIFICATE_LIFETIME);
        if (authority.compareTo(certificate.multipliedBy(2)) < 0) {
            mistakes.add(
                    "--authority-lifetime is less than twice --certificate-lifetime: its successor would not be trusted in time; raise the one or lower the other");
        }
    }

    private static void checkCallers(Settings settings, List<String> mistakes) {
        checkCertificate(settings, SettingRows.CLIENT_CA, SettingRows.CLIENT_NAMES, mistakes);
        checkCertificate(settings, SettingRows.FRONT_PROXY_CA, SettingRows.FRONT_PROXY_NAMES, mistakes);
        if (settings.get(SettingRows.TRUST_NETWORK)) {
            for (Setting<Path> setting : List.of(SettingRows.CLIENT_CA, SettingRows.FRONT_PROXY_CA)) {
                if (settings.find(setting).isPresent()) {
                    mistakes.add(
                            "--trust-network and %s are both set: everyone who reaches the port would count as the API server, whatever certificate they show; drop one of them"
                                    .formatted(setting.flag()));
                }
            }
        }
    }

    private static void checkCertificate(
            Settings settings, Setting<Path> authority, Setting<List<String>> names, List<String> mistakes) {
        boolean signed = settings.find(authority).isPresent();
        boolean named = !settings.get(names).isEmpty();
        if (signed && !named) {
            mistakes.add(
                    "%s is set without %s: an authority alone is no identity (a cluster's own signs every kubelet's certificate); name the certificate that counts, by its common name or a DNS name or URI of it"
                            .formatted(authority.flag(), names.flag()));
        }
        if (named && !signed) {
            mistakes.add("%s is set without %s: set both or neither".formatted(names.flag(), authority.flag()));
        }
    }

    /** What is large has to leave twice as much free, so less would leave no room for the largest one at all. */
    private static void checkRoom(Limits limits, List<String> mistakes) {
        long body = limits.get(Limit.REVIEW_BYTES);
        long all = limits.get(Limit.REVIEW_BYTES_AT_ONCE);
        if (all < ROOM * body) {
            mistakes.add(
                    "--limit review-bytes-at-once=%d is less than %d times the limit review-bytes of %d: a review of that size would find no room; raise the one or lower the other"
                            .formatted(all, ROOM, body));
        }
    }

    /** A setting that would have no effect is a mistake: whoever set it believes in one. */
    private static void checkRefresh(Settings settings, List<String> mistakes) {
        if (settings.find(SettingRows.TRUST_ROOT_REFRESH).isEmpty()) {
            for (Setting<?> setting : List.of(SettingRows.TUF_MIRROR, SettingRows.TUF_ROOT, SettingRows.TUF_CACHE)) {
                if (settings.find(setting).isPresent()) {
                    mistakes.add("%s is set and nothing is refreshed: set --trust-root-refresh too, for instance to 6h"
                            .formatted(setting.flag()));
                }
            }
        }
        if (settings.find(SettingRows.TUF_ROOT).isPresent()
                && settings.find(SettingRows.TUF_MIRROR).isEmpty()) {
            mistakes.add(
                    "--tuf-root is set without --tuf-mirror: say where that repository is; sigstore's own needs neither");
        }
    }
}
