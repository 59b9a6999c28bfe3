package dev.landwaiter.kubernetes;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.Namespaces;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The labels of the cluster's namespaces, watched; one that the watch does not know yet is asked for. */
public final class ClusterNamespaces implements Namespaces, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNamespaces.class);

    private final ClusterConnection cluster;
    private final SharedIndexInformer<Namespace> informer;
    private final Watching watching;

    /** Starts to watch at once, and goes on trying where it cannot. */
    public ClusterNamespaces(ClusterConnection cluster) {
        this.cluster = cluster;
        this.informer = cluster.client().namespaces().runnableInformer(0);
        this.watching = Watching.start(
                informer,
                new Watching.Subject(cluster, Watches.NAMESPACES, Watches.NAMESPACES, "/api/v1/namespaces"),
                LOG);
    }

    /** Whether the namespaces have been listed. */
    public boolean synced() {
        return informer.hasSynced();
    }

    /** What is wrong with the watch, if anything has been for longer than a moment; what was seen last counts. */
    public Optional<String> problem() {
        return cluster.watches().problem(List.of(Watches.NAMESPACES));
    }

    @Override
    public Optional<Map<String, String>> labels(String name, Deadline deadline) {
        Namespace watched = informer.getStore().getByKey(name);
        if (watched != null) {
            return Optional.of(labels(watched));
        }
        return ask(cluster, name, deadline);
    }

    /** The labels of the namespace {@code name}, asked for. */
    static Optional<Map<String, String>> ask(ClusterConnection cluster, String name, Deadline deadline) {
        String what = "labels of namespace \"%s\"".formatted(name);
        Optional<Namespace> found = cluster.ask(
                client -> Optional.ofNullable(client.namespaces().withName(name).get()),
                Code.NAMESPACE_UNAVAILABLE,
                what,
                deadline);
        // absent is not 'without labels': a selector over what nobody can see must not let anything in
        return Optional.of(found.map(ClusterNamespaces::labels)
                .orElseThrow(() -> new Failure(
                        Code.NAMESPACE_UNAVAILABLE,
                        "Could not read %s: the API server has no such namespace. Check that it still exists, then try again."
                                .formatted(what))));
    }

    private static Map<String, String> labels(Namespace namespace) {
        @Nullable ObjectMeta metadata = namespace.getMetadata();
        @Nullable Map<String, String> labels = metadata == null ? null : metadata.getLabels();
        return labels == null ? Map.of() : Map.copyOf(labels);
    }

    @Override
    public void close() {
        watching.close();
    }
}
