package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whenever one of the Secrets or configurations that certificates of our own stand in changes, so that it is looked at at once. */
public final class WatchedCertificates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedCertificates.class);

    private final List<AutoCloseable> opened = new ArrayList<>();

    /** Starts to watch at once. */
    public WatchedCertificates(ClusterConnection cluster, ClusterCertificates.Names names, Runnable news) {
        opened.add(new WebhookConfigurations(cluster, names.configuration(), news));
        for (String name : List.of(names.certificate(), names.authority())) {
            SharedIndexInformer<Secret> informer = cluster.client()
                    .secrets()
                    .inNamespace(names.namespace())
                    .withName(name)
                    .runnableInformer(0);
            SharedIndexInformer<Secret> _ = informer.addEventHandler(new WatchedKind.Events<>(_ -> news.run()));
            opened.add(Watching.start(
                    informer,
                    new Watching.Subject(
                            cluster,
                            Watches.CERTIFICATES,
                            "Secret %s/%s".formatted(names.namespace(), name),
                            "/api/v1/namespaces/%s/secrets".formatted(names.namespace())),
                    LOG,
                    news));
        }
    }

    @Override
    public void close() {
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Exception e) {
                LOG.warn("Could not close a watch: {}", e.toString());
            }
        }
    }
}
