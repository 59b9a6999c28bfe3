package dev.landwaiter.doctor;

/** What is looked at, with the right that it takes. Names in braces are those of the installation. */
enum Part {
    MUTATING(
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            "list mutatingwebhookconfigurations"),
    VALIDATING(
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
            "list validatingwebhookconfigurations"),
    DEPLOYMENTS("/apis/apps/v1/namespaces/{namespace}/deployments", "list deployments in the webhook's namespace"),
    SECRET("/api/v1/namespaces/{namespace}/secrets/{secret}", "get the Secret with the webhook's certificate"),
    SERVICE("/api/v1/namespaces/{namespace}/services/{service}", "get services in the webhook's namespace"),
    SLICES(
            "/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D{service}",
            "list endpointslices in the webhook's namespace"),
    PODS("/api/v1/namespaces/{namespace}/pods", "list pods in the webhook's namespace"),
    BUDGETS(
            "/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets",
            "list poddisruptionbudgets in the webhook's namespace"),
    AUTOSCALERS(
            "/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers",
            "list horizontalpodautoscalers in the webhook's namespace"),
    LEASES("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases", "list leases in the webhook's namespace"),
    NAMESPACES("/api/v1/namespaces", "list namespaces"),
    GUARDS("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", "list validatingadmissionpolicies"),
    BINDINGS(
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
            "list validatingadmissionpolicybindings"),
    CLUSTER_IMAGE_POLICIES("/apis/landwaiter.dev/v1alpha1/clusterimagepolicies", "list clusterimagepolicies"),
    IMAGE_POLICIES("/apis/landwaiter.dev/v1alpha1/imagepolicies", "list imagepolicies"),
    EXCEPTIONS("/apis/landwaiter.dev/v1alpha1/imagepolicyexceptions", "list imagepolicyexceptions"),
    TRUST_ROOTS("/apis/landwaiter.dev/v1alpha1/trustroots", "list trustroots"),
    CLUSTER_IMAGE_POLICY_DEFINITION(definition("clusterimagepolicies"), "get customresourcedefinitions"),
    IMAGE_POLICY_DEFINITION(definition("imagepolicies"), "get customresourcedefinitions"),
    EXCEPTION_DEFINITION(definition("imagepolicyexceptions"), "get customresourcedefinitions"),
    TRUST_ROOT_DEFINITION(definition("trustroots"), "get customresourcedefinitions"),
    INJECTORS(
            "/apis/apps/v1/deployments?labelSelector=app.kubernetes.io%2Fcomponent%3Dcainjector",
            "list deployments in all namespaces");

    private final String path;
    private final String right;

    Part(String path, String right) {
        this.path = path;
        this.right = right;
    }

    private static String definition(String plural) {
        return "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + plural + ".landwaiter.dev";
    }

    String path(Installation installation) {
        return path.replace("{namespace}", installation.namespace())
                .replace("{service}", installation.service())
                .replace("{secret}", installation.secret());
    }

    /** For messages: {@code list namespaces}. */
    String right() {
        return right;
    }

    /** Whether it only is there for a webhook that runs in the cluster. */
    boolean isOfReplicas() {
        return switch (this) {
            case SECRET, SERVICE, SLICES, PODS, BUDGETS, AUTOSCALERS, LEASES -> true;
            case MUTATING,
                    VALIDATING,
                    DEPLOYMENTS,
                    NAMESPACES,
                    GUARDS,
                    BINDINGS,
                    CLUSTER_IMAGE_POLICIES,
                    IMAGE_POLICIES,
                    EXCEPTIONS,
                    TRUST_ROOTS,
                    CLUSTER_IMAGE_POLICY_DEFINITION,
                    IMAGE_POLICY_DEFINITION,
                    EXCEPTION_DEFINITION,
                    TRUST_ROOT_DEFINITION,
                    INJECTORS -> false;
        };
    }
}
