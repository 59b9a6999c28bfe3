package dev.landwaiter.app;

import dev.landwaiter.doctor.Examination;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.RawClusterApi;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Looks at the installation in the cluster of the kubeconfig, else of the Pod that this runs in. */
public final class ClusterDoctor {
    private ClusterDoctor() {}

    /**
     * Looks once.
     *
     * @throws Failure {@code SETTING_INVALID} where there is no cluster to look at, {@code CLUSTER_UNAVAILABLE} where it does not answer
     */
    public static Examination.Report examine(
            Settings settings,
            Map<String, String> environment,
            Optional<String> configuration,
            Optional<String> trialNamespace,
            String image) {
        Limits limits = Limits.defaults();
        Optional<Path> kubeconfig = settings.find(SettingRows.KUBECONFIG);
        Optional<ClusterConnection> found = kubeconfig.isPresent()
                ? kubeconfig.map(file -> ClusterConnection.ofPerson(file, limits))
                : ClusterConnection.inCluster(environment, limits);
        try (ClusterConnection cluster = found.orElseThrow(() -> new Failure(
                Code.SETTING_INVALID,
                "Could not look at a cluster: none is named. Give --kubeconfig FILE, or set LANDWAITER_KUBECONFIG."))) {
            Examination.Asked asked = new Examination.Asked(
                    configuration, settings.get(SettingRows.OWN_NAMESPACE), trialNamespace, image);
            return Examination.of(new RawClusterApi(cluster), asked, InstantSource.system());
        }
    }
}
