package dev.landwaiter.kubernetes;

import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Deadline;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Pull Secrets and ServiceAccounts of the cluster, read one by one by name: the webhook needs neither list nor watch on them. */
public final class ClusterPullSecrets implements PullSecrets {
    /** Docker configuration in a Secret: its one key by the Secret's type. */
    private static final Map<String, String> KEYS =
            Map.of("kubernetes.io/dockerconfigjson", ".dockerconfigjson", "kubernetes.io/dockercfg", ".dockercfg");

    private static final int FORBIDDEN = 403;

    private final ClusterConnection cluster;

    public ClusterPullSecrets(ClusterConnection cluster) {
        this.cluster = cluster;
    }

    @Override
    public Reading secret(String namespace, String name, Deadline deadline) {
        return cluster.ask(
                client -> read(client.secrets().inNamespace(namespace).withName(name), namespace),
                Code.CLUSTER_UNAVAILABLE,
                "secret \"%s/%s\"".formatted(namespace, name),
                deadline);
    }

    private static Reading read(Resource<io.fabric8.kubernetes.api.model.Secret> resource, String namespace) {
        try {
            io.fabric8.kubernetes.api.model.Secret secret = resource.get();
            return secret == null ? new Absent("is missing") : dockerConfiguration(secret);
        } catch (KubernetesClientException e) {
            // without this right, images that need no credential work all the same
            if (e.getCode() == FORBIDDEN) {
                return new Absent(forbidden("secrets", namespace));
            }
            throw e;
        }
    }

    private static Reading dockerConfiguration(io.fabric8.kubernetes.api.model.Secret secret) {
        String type = Objects.requireNonNullElse(secret.getType(), "");
        String key = KEYS.get(type);
        if (key == null || secret.getData() == null) {
            return new Absent("is not a docker configuration");
        }
        String content = secret.getData().get(key);
        return content == null
                ? new Absent("is not a docker configuration")
                : new Secret(type, Base64.getDecoder().decode(content));
    }

    @Override
    public Account serviceAccount(String namespace, String name, Deadline deadline) {
        return cluster.ask(
                client ->
                        account(client.serviceAccounts().inNamespace(namespace).withName(name), namespace),
                Code.CLUSTER_UNAVAILABLE,
                "ServiceAccount \"%s/%s\"".formatted(namespace, name),
                deadline);
    }

    private static Account account(Resource<ServiceAccount> resource, String namespace) {
        try {
            ServiceAccount account = resource.get();
            return account == null ? new Account.Unread("is missing") : new Account.Named(names(account));
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN) {
                return new Account.Unread(forbidden("serviceaccounts", namespace));
            }
            throw e;
        }
    }

    private static List<String> names(ServiceAccount account) {
        return Objects.requireNonNullElse(account.getImagePullSecrets(), List.<LocalObjectReference>of()).stream()
                .map(LocalObjectReference::getName)
                .filter(Objects::nonNull)
                .toList();
    }

    private static String forbidden(String resource, String namespace) {
        return "may not be read: the webhook's ServiceAccount lacks the right to get %s in namespace \"%s\""
                .formatted(resource, namespace);
    }
}
