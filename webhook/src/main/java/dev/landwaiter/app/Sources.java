package dev.landwaiter.app;

import dev.landwaiter.admission.Keychains;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.ClusterView;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.sigstore.TrustedRoot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Where the policies, the labels of namespaces and the credentials of a decision come from.
 *
 * @param keychains by request; where empty, the docker configuration serves every request
 */
record Sources(PolicySource policies, Namespaces namespaces, Optional<Keychains> keychains) {
    /** Without a cluster: the policies and the namespaces of {@code folder}, if there is one. */
    static Sources withoutCluster(Optional<PolicyFolder> folder) {
        return new Sources(
                folder.<PolicySource>map(policies -> policies).orElse(() -> PolicySet.EMPTY),
                folder.<Namespaces>map(namespaces -> namespaces).orElse((name, deadline) -> Optional.empty()),
                Optional.empty());
    }

    /**
     * Of a person who looks at the cluster that the settings' kubeconfig names, read once and by the person's own rights. A Pod's Secrets are not
     * among what is read: the docker configuration serves.
     *
     * @param folder whose policies count besides the cluster's
     * @param opened what is opened is added to it
     */
    static Sources ofPerson(Settings settings, Optional<PolicyFolder> folder, Opened opened, Deadline deadline) {
        Limits limits = settings.get(SettingRows.LIMIT);
        Path kubeconfig = settings.find(SettingRows.KUBECONFIG).orElseThrow();
        ClusterView view = opened.add(ClusterView.open(
                opened.add(ClusterConnection.ofPerson(kubeconfig, limits)),
                settings.get(SettingRows.OWN_NAMESPACE),
                TrustedRoot::publicGood,
                limits,
                Clock.systemUTC(),
                deadline));
        return new Sources(JoinedPolicies.of(view.policies(), folder), view.namespaces(), Optional.empty());
    }
}
