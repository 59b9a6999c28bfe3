package dev.landwaiter.app;

import dev.landwaiter.admission.Keychains;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
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
}
