package dev.landwaiter.kubernetes;

import dev.landwaiter.certs.StoredCertificateSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Secret of the program's own namespace with the certificate to serve, watched by its name alone. */
public final class CertificateSecret implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateSecret.class);

    private final String namespace;
    private final String name;
    private final StoredCertificateSource source;
    private final SharedIndexInformer<Secret> informer;
    /** Its first answer may come before it is known here. */
    private volatile @Nullable Watching watching;

    /** Starts to watch at once; until the Secret is there {@link #source()} has nothing that anybody accepts. */
    public CertificateSecret(ClusterConnection cluster, String namespace, String name, InstantSource clock) {
        this.namespace = namespace;
        this.name = name;
        this.source = new StoredCertificateSource("of Secret \"%s/%s\"".formatted(namespace, name), clock);
        this.informer = NamedSecret.informer(cluster, namespace, name);
        this.watching = NamedSecret.watch(cluster, informer, namespace, name, this::read, this::readFirst, LOG);
    }

    /** The certificates that were found there. */
    public StoredCertificateSource source() {
        return source;
    }

    private void readFirst() {
        if (informer.hasSynced()) {
            read();
        } else {
            Watching now = watching;
            source.missing("Could not read Secret \"%s/%s\": %s"
                    .formatted(namespace, name, now == null ? "the API server has not answered yet" : now.trouble()));
        }
    }

    private synchronized void read() {
        Secret secret = informer.getStore().getByKey(namespace + "/" + name);
        if (secret == null) {
            source.missing(
                    "Secret \"%s/%s\" does not exist: whoever issues the certificate has to create it, which the controller does within seconds"
                            .formatted(namespace, name));
            return;
        }
        Map<String, byte[]> entries = NamedSecret.entries(secret);
        source.found(entries.getOrDefault("tls.crt", new byte[0]), entries.getOrDefault("tls.key", new byte[0]));
    }

    @Override
    public void close() {
        Watching now = watching;
        if (now != null) {
            now.close();
        }
    }
}
