package dev.landwaiter.kubernetes;

import dev.landwaiter.policy.PolicyReader;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds of ours that say what is demanded of images, as the API server knows them. */
enum PolicyKind {
    TRUST_ROOT(PolicyReader.TRUST_ROOT_KIND, "trustroots", false, "The trust root is in use."),
    CLUSTER_IMAGE_POLICY(PolicyReader.KIND, "clusterimagepolicies", false, "The policy is in force."),
    IMAGE_POLICY(PolicyReader.NAMESPACED_KIND, "imagepolicies", true, "The policy is in force."),
    IMAGE_POLICY_EXCEPTION(
            PolicyReader.EXCEPTION_KIND, "imagepolicyexceptions", false, "The exception is in force until it expires.");

    private final String kind;
    private final String plural;
    private final boolean namespaced;
    private final String good;

    PolicyKind(String kind, String plural, boolean namespaced, String good) {
        this.kind = kind;
        this.plural = plural;
        this.namespaced = namespaced;
        this.good = good;
    }

    ResourceDefinitionContext resource() {
        return new ResourceDefinitionContext.Builder()
                .withGroup("landwaiter.dev")
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }

    String kind() {
        return kind;
    }

    /** As in RBAC rules: {@code clusterimagepolicies}. */
    String plural() {
        return plural;
    }

    /** What the status of one says that is as it should be. */
    String good() {
        return good;
    }
}
