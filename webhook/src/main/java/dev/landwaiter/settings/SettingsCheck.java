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
        HostPort listen = settings.get(SettingRows.LISTEN);
        if (listen.port() != 0 && listen.equals(settings.get(SettingRows.MANAGEMENT_LISTEN))) {
            mistakes.add("--listen and --management-listen are both %s: give each its own port".formatted(listen));
        }
    }
}
