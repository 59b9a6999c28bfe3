package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.TrustPlace;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The places in webhook configurations that say whom the API server trusts. */
final class ConfigurationPlaces {
    private ConfigurationPlaces() {}

    static List<TrustPlace> of(MutatingWebhookConfiguration configuration) {
        return configuration.getWebhooks().stream()
                .map(webhook -> place(
                        "MutatingWebhookConfiguration",
                        configuration.getMetadata().getName(),
                        webhook.getName(),
                        webhook.getClientConfig()))
                .toList();
    }

    static List<TrustPlace> of(ValidatingWebhookConfiguration configuration) {
        return configuration.getWebhooks().stream()
                .map(webhook -> place(
                        "ValidatingWebhookConfiguration",
                        configuration.getMetadata().getName(),
                        webhook.getName(),
                        webhook.getClientConfig()))
                .toList();
    }

    private static TrustPlace place(
            String kind, String configuration, String webhook, @Nullable WebhookClientConfig client) {
        String where = "webhook \"%s\" of %s \"%s\"".formatted(webhook, kind, configuration);
        return client == null
                ? TrustPlace.of(where, "", new byte[0])
                : TrustPlace.of(where, server(client), NamedSecret.decoded(client.getCaBundle()));
    }

    /** As kube-apiserver calls it in TLS: a service by its name in the cluster, an address by its host. */
    private static String server(WebhookClientConfig client) {
        if (client.getService() != null) {
            return "%s.%s.svc"
                    .formatted(
                            client.getService().getName(), client.getService().getNamespace());
        }
        if (client.getUrl() == null) {
            return "";
        }
        try {
            String host = URI.create(client.getUrl()).getHost();
            return host == null ? "" : host.replaceAll("^\\[|]$", "");
        } catch (IllegalArgumentException e) {
            // the API server has checked it; what it calls an address that we cannot read is not known
            return "";
        }
    }
}
