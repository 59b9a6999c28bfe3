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
import java.util.Optional;

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
                return new Absent(
                        "may not be read: the webhook's ServiceAccount lacks the right to get secrets in namespace \"%s\""
                                .formatted(namespace));
            }
            throw e;
        }
    }

    private static Reading dockerConfiguration(io.fabric8.kubernetes.api.model.Secret secret) {
        String type = Objects.requireNonNullElse(secret.getType(), "");
        String key = KEYS.get(type);
        if (key == null || secret.getData() == null) {
            return new Absent("is no docker configuration");
        }
        String content = secret.getData().get(key);
        return content == null
                ? new Absent("is no docker configuration")
                : new Secret(type, Base64.getDecoder().decode(content));
    }

    @Override
    public List<String> ofServiceAccount(String namespace, String serviceAccount, Deadline deadline) {
        Optional<ServiceAccount> account = cluster.ask(
                client -> find(client.serviceAccounts().inNamespace(namespace).withName(serviceAccount)),
                Code.CLUSTER_UNAVAILABLE,
                "ServiceAccount \"%s/%s\"".formatted(namespace, serviceAccount),
                deadline);
        return account.map(ServiceAccount::getImagePullSecrets).orElse(List.of()).stream()
                .map(LocalObjectReference::getName)
                .filter(Objects::nonNull)
                .toList();
    }

    /** What is there and may be read. */
    private static <T> Optional<T> find(Resource<T> resource) {
        try {
            return Optional.ofNullable(resource.get());
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
