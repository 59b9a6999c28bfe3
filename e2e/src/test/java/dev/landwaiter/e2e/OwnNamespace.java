package dev.landwaiter.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A namespace with all that a webhook and a controller of their own need beside the cluster: accounts with the rights that docs/certificates.md
 * lists, a Service that leads to this machine, and two webhook configurations without a caBundle, which call for Pods of one other namespace.
 */
final class OwnNamespace implements AutoCloseable {
    private final Cluster cluster;
    private final String name;
    private final String pods;

    OwnNamespace(Cluster cluster, String name, int port) {
        this.cluster = cluster;
        this.name = name;
        this.pods = name + "-pods";
        apply(text().formatted(name, pods, port));
    }

    String name() {
        return name;
    }

    void apply(String yaml) {
        cluster.kubectl("apply", "--server-side", "--field-manager=e2e", "-f", "-")
                .reading(yaml)
                .output();
    }

    private static String text() {
        return """
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: %2$s}
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: default, namespace: %2$s}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: landwaiter, namespace: %1$s}
                spec: {type: ExternalName, externalName: localhost}
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: webhook, namespace: %1$s}
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: controller, namespace: %1$s}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: webhook, namespace: %1$s}
                rules:
                - {apiGroups: [""], resources: [secrets], resourceNames: [landwaiter-tls], verbs: [get, list, watch]}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: webhook, namespace: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: webhook}
                subjects: [{kind: ServiceAccount, name: webhook, namespace: %1$s}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: controller, namespace: %1$s}
                rules:
                - {apiGroups: [""], resources: [secrets], resourceNames: [landwaiter-tls, landwaiter-authority], verbs: [get, list, watch, update]}
                - {apiGroups: [""], resources: [secrets], verbs: [create]}
                - {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [landwaiter-controller], verbs: [get, patch, update]}
                - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}
                - {apiGroups: [""], resources: [events], verbs: [create]}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: controller, namespace: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: controller}
                subjects: [{kind: ServiceAccount, name: controller, namespace: %1$s}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: %1$s-webhook}
                rules:
                - apiGroups: [landwaiter.dev]
                  resources: [clusterimagepolicies, imagepolicies, imagepolicyexceptions, trustroots]
                  verbs: [get, list, watch]
                - {apiGroups: [""], resources: [namespaces], verbs: [get, list, watch]}
                - apiGroups: [admissionregistration.k8s.io]
                  resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
                  resourceNames: [%1$s]
                  verbs: [get, list, watch]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: %1$s-webhook}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s-webhook}
                subjects: [{kind: ServiceAccount, name: webhook, namespace: %1$s}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: %1$s-controller}
                rules:
                - apiGroups: [admissionregistration.k8s.io]
                  resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
                  resourceNames: [%1$s]
                  verbs: [get, list, watch, patch]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: %1$s-controller}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s-controller}
                subjects: [{kind: ServiceAccount, name: controller, namespace: %1$s}]
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingWebhookConfiguration
                metadata: {name: %1$s}
                webhooks:
                - name: mutate.certificates.landwaiter.dev
                  clientConfig: {service: {namespace: %1$s, name: landwaiter, port: %3$d, path: /mutate}}
                  rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
                  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %2$s}}
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  failurePolicy: Fail
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingWebhookConfiguration
                metadata: {name: %1$s}
                webhooks:
                - name: validate.certificates.landwaiter.dev
                  clientConfig: {service: {namespace: %1$s, name: landwaiter, port: %3$d, path: /validate}}
                  rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
                  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %2$s}}
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  failurePolicy: Fail
                """;
    }

    /** Has both webhooks called for a Pod that is not kept. */
    Command.Result call() {
        return cluster.kubectl("-n", pods, "create", "--dry-run=server", "-f", "-")
                .reading("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: probe}
                        spec:
                          serviceAccountName: default
                          automountServiceAccountToken: false
                          containers: [{name: main, image: "registry.e2e.test/probe@sha256:%s"}]
                        """.formatted("0".repeat(64)))
                .run();
    }

    /** A kubeconfig with a token of one of the accounts. */
    Path kubeconfig(String account) {
        return cluster.kubeconfig(account, name, name + "-" + account + ".kubeconfig");
    }

    JsonNode configuration(String kind) {
        return cluster.json("get", kind, name, "--show-managed-fields");
    }

    /** The caBundle of one configuration in base64; {@code ""} where there is none. */
    String bundle(String kind) {
        return configuration(kind).at("/webhooks/0/clientConfig/caBundle").asText();
    }

    JsonNode secret(String secret) {
        return cluster.json("-n", name, "get", "secret", secret);
    }

    List<String> eventReasons() {
        return StreamSupport.stream(
                        cluster.json("-n", name, "get", "events").path("items").spliterator(), false)
                .map(event -> event.path("reason").asText())
                .toList();
    }

    @Override
    public void close() {
        cluster.kubectl(
                        "delete",
                        "--ignore-not-found",
                        "mutatingwebhookconfiguration,validatingwebhookconfiguration",
                        name)
                .output();
        cluster.kubectl(
                        "delete",
                        "--ignore-not-found",
                        "clusterrole,clusterrolebinding",
                        name + "-webhook",
                        name + "-controller")
                .output();
        cluster.kubectl("delete", "--ignore-not-found", "--wait=false", "namespace", name, pods)
                .output();
    }
}
