package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who this process is for the API server. */
public final class OwnIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(OwnIdentity.class);
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private OwnIdentity() {}

    /**
     * This process' ServiceAccount as the owner of what it writes in {@code namespace}: when the program is uninstalled, the garbage collector takes
     * that along. Everybody may ask who they are, so it needs no right. Empty for somebody who is no ServiceAccount of that namespace.
     */
    public static Optional<OwnerReference> owner(ClusterConnection cluster, String namespace) {
        try {
            SelfSubjectReview review =
                    cluster.client().authentication().v1().selfSubjectReviews().create(new SelfSubjectReview());
            return review == null || review.getStatus() == null
                    ? Optional.empty()
                    : owner(review.getStatus().getUserInfo(), namespace);
        } catch (KubernetesClientException e) {
            LOG.warn(
                    "Could not find out who this process is for the API server: {}. What it writes has no owner, and stays when it is uninstalled",
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<OwnerReference> owner(UserInfo user, String namespace) {
        String prefix = SERVICE_ACCOUNT + namespace + ":";
        if (user == null
                || user.getUid() == null
                || user.getUid().isEmpty()
                || !user.getUsername().startsWith(prefix)) {
            return Optional.empty();
        }
        return Optional.of(new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("ServiceAccount")
                .withName(user.getUsername().substring(prefix.length()))
                .withUid(user.getUid())
                .build());
    }
}
