package dev.landwaiter.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.admission.Keychains;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.credential.PullSecretKeychain;
import dev.landwaiter.credential.RememberingPullSecrets;
import dev.landwaiter.credential.SettingsCredentials;
import dev.landwaiter.credential.SettingsCredentialsFile;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.ClusterPullSecrets;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.util.Optional;

/** The credentials of a cluster's Pods: their pull secrets, then those of {@code --registry-credentials}. */
final class PodCredentials {
    private static final String UNUSED =
            "--registry-credentials is not used: it is for the Pods of a cluster, and there is none; see --docker-config";

    private PodCredentials() {}

    static Keychains of(Settings settings, ClusterConnection cluster) {
        Limits limits = settings.get(SettingRows.LIMIT);
        RememberingPullSecrets secrets =
                new RememberingPullSecrets(new ClusterPullSecrets(cluster), limits, Ticker.systemTicker());
        SettingsCredentials own = settings.find(SettingRows.REGISTRY_CREDENTIALS)
                .map(file -> SettingsCredentialsFile.read(file, limits))
                .orElse(SettingsCredentials.NONE);
        return (namespace, pullSecrets, serviceAccount) -> {
            Keychain ofPod = new PullSecretKeychain(secrets, limits, namespace, pullSecrets, serviceAccount);
            return ofPod.or(own.of(namespace));
        };
    }

    /** What to tell whoever gave credentials for Pods where there is no cluster. */
    static Optional<String> unused(Settings settings) {
        return settings.find(SettingRows.REGISTRY_CREDENTIALS).map(file -> UNUSED);
    }
}
