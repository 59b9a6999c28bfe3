package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kubernetes events about the certificate's Secret. One that cannot be written is no more than a line in the log. */
public final class CertificateEvents {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateEvents.class);
    /** What the API server takes. */
    private static final int MOST_CHARACTERS = 1_024;

    private final ClusterConnection cluster;
    private final String namespace;
    private final String secret;
    private final String instance;
    private final InstantSource clock;

    /** @param instance the name of this process */
    public CertificateEvents(
            ClusterConnection cluster, String namespace, String secret, String instance, InstantSource clock) {
        this.cluster = cluster;
        this.namespace = namespace;
        this.secret = secret;
        this.instance = instance;
        this.clock = clock;
    }

    /** Tells of something that went as it should, or that a person has to look at. */
    public void tell(boolean warning, String reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withGenerateName(secret + ".")
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion("v1")
                .withKind("Secret")
                .withNamespace(namespace)
                .withName(secret)
                .endInvolvedObject()
                .withType(warning ? "Warning" : "Normal")
                .withReason(reason)
                .withMessage(message.length() > MOST_CHARACTERS ? message.substring(0, MOST_CHARACTERS) : message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(ClusterCertificates.FIELD_MANAGER)
                .withHost(instance)
                .endSource()
                .build();
        try {
            Object _ = cluster.client().resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.debug("Could not write the event {}: {}", reason, e.getMessage());
        }
    }
}
