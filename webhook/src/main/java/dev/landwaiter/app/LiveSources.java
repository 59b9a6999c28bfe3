package dev.landwaiter.app;

import dev.landwaiter.certs.ContentWatch;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.ClusterNamespaces;
import dev.landwaiter.kubernetes.ClusterPolicies;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.sigstore.TrustedRoot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources of a webhook that runs: a cluster's, a folder's, or both, watched for changes. */
final class LiveSources {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSources.class);

    private final Optional<PolicyFolder> folder;
    private final Optional<ClusterConnection> cluster;
    private final Optional<FolderWatch> folderWatch;
    private final Optional<ClusterPolicies> ofCluster;
    private final Sources sources;
    private final List<Readiness.Check> checks = new ArrayList<>();

    /**
     * Opens what the settings name.
     *
     * @param publicGood the trust root of policies without one
     * @param opened what is opened is added to it
     */
    LiveSources(Settings settings, Map<String, String> environment, Supplier<TrustedRoot> publicGood, Opened opened) {
        this.folder = PolicyFolders.ofSettings(settings, Materials.withPublicGood(publicGood));
        this.folderWatch = folder.map(policies -> opened.add(new FolderWatch(policies)));
        folderWatch.ifPresent(watch -> checks.add(ReadinessChecks.policyFolder(folder.orElseThrow(), watch)));
        this.cluster = connect(settings, environment).map(opened::add);
        if (cluster.isEmpty()) {
            this.ofCluster = Optional.empty();
            this.sources = Sources.withoutCluster(folder);
            PodCredentials.unused(settings).ifPresent(LOG::warn);
            return;
        }
        ClusterPolicies policies = opened.add(new ClusterPolicies(
                cluster.get(),
                settings.get(SettingRows.OWN_NAMESPACE),
                publicGood,
                settings.get(SettingRows.LIMIT),
                Clock.systemUTC()));
        ClusterNamespaces namespaces = opened.add(new ClusterNamespaces(cluster.get()));
        checks.add(Readiness.Check.apiServer(cluster.get().contact()::problem));
        checks.add(Readiness.Check.watched("policies", policies::synced, policies::problem));
        checks.add(ReadinessChecks.polled(policies::polledMaterials, policies::staleMaterials));
        checks.add(Readiness.Check.watched("namespaces", namespaces::synced, namespaces::problem));
        checks.add(ReadinessChecks.clusterPolicies(policies));
        checks.add(ReadinessChecks.trustRoots(policies::trustRoots));
        this.ofCluster = Optional.of(policies);
        Optional<LiveCredentials> own = settings.find(SettingRows.REGISTRY_CREDENTIALS)
                .map(file ->
                        opened.add(new LiveCredentials(file, settings.get(SettingRows.LIMIT), ContentWatch.EVERY)));
        own.ifPresent(credentials -> checks.add(ReadinessChecks.registryCredentials(credentials)));
        this.sources = new Sources(
                JoinedPolicies.of(policies, folder),
                namespaces,
                Optional.of(PodCredentials.of(settings, cluster.get(), own)));
    }

    /** The cluster that the settings name, or that the program runs in. */
    static Optional<ClusterConnection> connect(Settings settings, Map<String, String> environment) {
        return switch (settings.get(SettingRows.CLUSTER)) {
            case OFF -> Optional.empty();
            case AUTO ->
                settings.find(SettingRows.KUBECONFIG)
                        .map(file -> ClusterConnection.of(file, settings.get(SettingRows.LIMIT)))
                        .or(() -> ClusterConnection.inCluster(environment, settings.get(SettingRows.LIMIT)));
        };
    }

    /** The API server's, if there is one. */
    Optional<ClusterConnection> cluster() {
        return cluster;
    }

    Sources sources() {
        return sources;
    }

    /** What readiness asks of them. */
    List<Readiness.Check> checks() {
        return List.copyOf(checks);
    }

    /** Whether the folder's files are not the policies in force. */
    boolean degraded() {
        return folderWatch.flatMap(FolderWatch::problem).isPresent();
    }

    /** A cluster's; a broken one of a folder never comes into force. */
    List<TrustRoot> trustRoots() {
        return ofCluster.map(ClusterPolicies::trustRoots).orElse(List.of());
    }

    /** How many ImagePolicies exceed their namespaces' limits. */
    int beyondLimits() {
        return ofCluster.map(ClusterPolicies::beyondLimits).orElse(0);
    }

    /** Has all policies read again, because the trust root of those without one has changed. */
    void readAgain() {
        folder.ifPresent(PolicyFolder::readAgain);
        ofCluster.ifPresent(ClusterPolicies::readAgain);
    }
}
