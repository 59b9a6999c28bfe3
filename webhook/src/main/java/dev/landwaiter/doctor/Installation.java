package dev.landwaiter.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * Which installation is looked at.
 *
 * @param name of both webhook configurations
 * @param namespace of the webhook
 * @param service that the API server calls; {@code ""} where it calls a URL, so that the webhook runs beside the cluster
 * @param account the webhook's ServiceAccount
 * @param secret that holds the certificate
 * @param deployment of the webhook; a missing node where there is none
 */
record Installation(String name, String namespace, String service, String account, String secret, JsonNode deployment) {
    private static final String FLAG = "--tls-secret=";

    boolean isInCluster() {
        return !service.isEmpty();
    }

    /** The same with what {@code deployments}, all of the namespace, say of it. */
    Installation with(Iterable<JsonNode> deployments) {
        for (JsonNode one : deployments) {
            JsonNode meta = one.path("metadata");
            boolean ours = meta.path("name").asText().equals(name)
                    || (meta.path("labels")
                                    .path("app.kubernetes.io/part-of")
                                    .asText()
                                    .equals("landwaiter")
                            && meta.path("labels")
                                    .path("app.kubernetes.io/component")
                                    .asText()
                                    .equals("webhook"));
            if (ours) {
                JsonNode pod = one.path("spec").path("template").path("spec");
                return new Installation(
                        name, namespace, service, pod.path("serviceAccountName").asText(account), secret(pod), one);
            }
        }
        return this;
    }

    private String secret(JsonNode pod) {
        for (JsonNode container : pod.path("containers")) {
            for (JsonNode argument : container.path("args")) {
                if (argument.asText().startsWith(FLAG)) {
                    return argument.asText().substring(FLAG.length());
                }
            }
        }
        for (JsonNode volume : pod.path("volumes")) {
            if (volume.path("name").asText().equals("tls")
                    && volume.path("secret").has("secretName")) {
                return volume.path("secret").path("secretName").asText();
            }
        }
        return secret;
    }

    /** Of {@code configuration}, a webhook configuration. */
    static Installation of(JsonNode configuration, String ownNamespace) {
        String name = configuration.path("metadata").path("name").asText();
        JsonNode service =
                configuration.path("webhooks").path(0).path("clientConfig").path("service");
        return new Installation(
                name,
                service.path("namespace").asText(ownNamespace),
                service.path("name").asText(),
                name,
                name + "-tls",
                MissingNode.getInstance());
    }

    /** Of {@code name}, where no configuration is there. */
    static Installation named(String name, String ownNamespace) {
        return new Installation(name, ownNamespace, name, name, name + "-tls", MissingNode.getInstance());
    }
}
