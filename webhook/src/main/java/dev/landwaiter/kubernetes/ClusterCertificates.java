package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.certs.Observed;
import dev.landwaiter.certs.RotationAction;
import dev.landwaiter.certs.TrustPlace;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of our own in the cluster: two Secrets, and the {@code caBundle} of each webhook of the two configurations of one name. All that
 * is written is bound to the version that was read, so that of two writers at once one is refused.
 */
public final class ClusterCertificates {
    /** Whose the {@code caBundle} is, for server-side apply. */
    public static final String FIELD_MANAGER = "landwaiter-controller";

    private final KubernetesClient client;
    private final Names names;
    private final Optional<OwnerReference> owner;

    /**
     * What the objects are called.
     *
     * @param namespace of the Secrets
     * @param configuration of both webhook configurations
     */
    public record Names(String namespace, String configuration, String certificate, String authority) {}

    /** What stood in the cluster, with the versions of what was read. */
    public static final class Reading {
        private final Observed observed;
        private final @Nullable Secret authority;
        private final @Nullable Secret certificate;
        private final @Nullable MutatingWebhookConfiguration mutating;
        private final @Nullable ValidatingWebhookConfiguration validating;

        private Reading(
                @Nullable Secret authority,
                @Nullable Secret certificate,
                @Nullable MutatingWebhookConfiguration mutating,
                @Nullable ValidatingWebhookConfiguration validating) {
            this.authority = authority;
            this.certificate = certificate;
            this.mutating = mutating;
            this.validating = validating;
            List<TrustPlace> places = new ArrayList<>();
            if (mutating != null) {
                places.addAll(ConfigurationPlaces.of(mutating));
            }
            if (validating != null) {
                places.addAll(ConfigurationPlaces.of(validating));
            }
            this.observed = new Observed(
                    Optional.ofNullable(authority).map(NamedSecret::entries),
                    Optional.ofNullable(certificate).map(NamedSecret::entries),
                    places);
        }

        /** For the rotation. */
        public Observed observed() {
            return observed;
        }
    }

    /** @param owner of the Secrets that are written; absent where nobody is known that they should go with */
    public ClusterCertificates(ClusterConnection cluster, Names names, Optional<OwnerReference> owner) {
        this.client = cluster.client();
        this.names = names;
        this.owner = owner;
    }

    /** What stands there now: asked of the API server, and not of a watch, so that what was just written is seen. */
    public Reading read() {
        var group = client.admissionRegistration().v1();
        return new Reading(
                secret(names.authority()).get(),
                secret(names.certificate()).get(),
                group.mutatingWebhookConfigurations()
                        .withName(names.configuration())
                        .get(),
                group.validatingWebhookConfigurations()
                        .withName(names.configuration())
                        .get());
    }

    private Resource<Secret> secret(String name) {
        return client.secrets().inNamespace(names.namespace()).withName(name);
    }

    /** Does what {@code action} says, where nothing of it has changed since {@code reading}. */
    public void carryOut(RotationAction action, Reading reading) {
        switch (action) {
            case RotationAction.WriteAuthorities write ->
                write(names.authority(), "Opaque", write.entries(), reading.authority);
            case RotationAction.WriteCertificate write ->
                write(names.certificate(), "kubernetes.io/tls", write.entries(), reading.certificate);
            case RotationAction.Trust trust -> trust(trust, reading);
        }
    }

    private void write(String name, String type, Map<String, byte[]> entries, @Nullable Secret before) {
        Map<String, String> data = new HashMap<>();
        entries.forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value)));
        SecretBuilder builder = before == null
                ? new SecretBuilder()
                        .withType(type)
                        .withNewMetadata()
                        .withNamespace(names.namespace())
                        .withName(name)
                        .addToLabels("app.kubernetes.io/managed-by", FIELD_MANAGER)
                        .endMetadata()
                : new SecretBuilder(before);
        owner.ifPresent(reference ->
                builder.editMetadata().withOwnerReferences(List.of(reference)).endMetadata());
        Secret secret = builder.withData(data).build();
        if (before == null) {
            Object _ = client.resource(secret).create();
        } else {
            Object _ = client.resource(secret)
                    .lockResourceVersion(before.getMetadata().getResourceVersion())
                    .update();
        }
    }

    private void trust(RotationAction.Trust trust, Reading reading) {
        var group = client.admissionRegistration().v1();
        if (reading.mutating != null && differs(ConfigurationPlaces.of(reading.mutating), trust)) {
            apply(
                    group.mutatingWebhookConfigurations().withName(names.configuration()),
                    reading.mutating,
                    reading.mutating.getWebhooks().stream()
                            .map(webhook -> webhook.getName())
                            .toList(),
                    trust);
        }
        if (reading.validating != null && differs(ConfigurationPlaces.of(reading.validating), trust)) {
            apply(
                    group.validatingWebhookConfigurations().withName(names.configuration()),
                    reading.validating,
                    reading.validating.getWebhooks().stream()
                            .map(webhook -> webhook.getName())
                            .toList(),
                    trust);
        }
    }

    private static boolean differs(List<TrustPlace> places, RotationAction.Trust trust) {
        return places.stream()
                .anyMatch(place -> !new HashSet<>(place.authorities()).equals(new HashSet<>(trust.authorities())));
    }

    /**
     * Applies each webhook's name, by which the API server finds it, and its {@code caBundle}: nothing else becomes ours. Whoever wrote another one
     * before loses the field. The object is never created by this, because the version that it names has to be there.
     */
    private static <T extends HasMetadata> void apply(
            Resource<T> resource, T before, List<String> webhooks, RotationAction.Trust trust) {
        String bundle = Base64.getEncoder().encodeToString(trust.pem().getBytes(StandardCharsets.US_ASCII));
        ObjectNode applied = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", before.getApiVersion())
                .put("kind", before.getKind());
        applied.putObject("metadata")
                .put("name", before.getMetadata().getName())
                .put("resourceVersion", before.getMetadata().getResourceVersion());
        var all = applied.putArray("webhooks");
        webhooks.forEach(name ->
                all.addObject().put("name", name).putObject("clientConfig").put("caBundle", bundle));
        Object _ = resource.patch(
                new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(FIELD_MANAGER)
                        .withForce(true)
                        .build(),
                applied.toString());
    }
}
