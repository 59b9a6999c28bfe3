package dev.landwaiter.settings;

import dev.landwaiter.settings.Choices.ClusterUse;
import java.util.List;

/** What settings must be to one another. */
final class SettingsCheck {
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
        checkRefresh(settings, mistakes);
        HostPort listen = settings.get(SettingRows.LISTEN);
        if (listen.port() != 0 && listen.equals(settings.get(SettingRows.MANAGEMENT_LISTEN))) {
            mistakes.add("--listen and --management-listen are both %s: give each its own port".formatted(listen));
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
