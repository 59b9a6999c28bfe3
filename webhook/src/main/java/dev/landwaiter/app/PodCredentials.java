package dev.landwaiter.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.admission.Keychains;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.credential.PullSecretKeychain;
import dev.landwaiter.credential.RememberingPullSecrets;
import dev.landwaiter.credential.SettingsCredentials;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.ClusterPullSecrets;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.util.Optional;

/** The credentials of a cluster's Pods: their pull secrets, then those of {@code --registry-credentials}. */
final class PodCredentials {
    private static final String UNUSED =
            "--registry-credentials is not used: it is for the Pods of a cluster, and no cluster is configured; see --docker-config";

    private PodCredentials() {}

    /** @param own those of {@code --registry-credentials}, if there are any */
    static Keychains of(Settings settings, ClusterConnection cluster, Optional<LiveCredentials> own) {
        Limits limits = settings.get(SettingRows.LIMIT);
        RememberingPullSecrets secrets =
                new RememberingPullSecrets(new ClusterPullSecrets(cluster), limits, Ticker.systemTicker());
        return (namespace, pullSecrets, serviceAccount) -> {
            Keychain ofPod = new PullSecretKeychain(secrets, limits, namespace, pullSecrets, serviceAccount);
            return ofPod.or(own.map(LiveCredentials::current)
                    .orElse(SettingsCredentials.NONE)
                    .of(namespace));
        };
    }

    /** What to tell whoever gave credentials for Pods where there is no cluster. */
    static Optional<String> unused(Settings settings) {
        return settings.find(SettingRows.REGISTRY_CREDENTIALS).map(file -> UNUSED);
    }
}
