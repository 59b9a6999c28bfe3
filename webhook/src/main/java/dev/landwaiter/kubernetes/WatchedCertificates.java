package dev.landwaiter.kubernetes;

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
            opened.add(NamedSecret.watch(
                    cluster,
                    NamedSecret.informer(cluster, names.namespace(), name),
                    names.namespace(),
                    name,
                    news,
                    news,
                    LOG));
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
