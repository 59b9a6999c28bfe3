package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** One Secret of the program's own namespace, watched by its name alone, so that the right to this one suffices. */
final class NamedSecret {
    private NamedSecret() {}

    /** An informer of it that is not yet started. */
    static SharedIndexInformer<Secret> informer(ClusterConnection cluster, String namespace, String name) {
        return cluster.client().secrets().inNamespace(namespace).withName(name).runnableInformer(0);
    }

    /**
     * Starts {@code informer}.
     *
     * @param changed called after each change
     * @param first called once it is known whether it is there
     */
    static Watching watch(
            ClusterConnection cluster,
            SharedIndexInformer<Secret> informer,
            String namespace,
            String name,
            Runnable changed,
            Runnable first,
            Logger log) {
        SharedIndexInformer<Secret> _ = informer.addEventHandler(new WatchedKind.Events<>(_ -> changed.run()));
        return Watching.start(
                informer,
                new Watching.Subject(
                        cluster,
                        Watches.CERTIFICATES,
                        "Secret %s/%s".formatted(namespace, name),
                        "/api/v1/namespaces/%s/secrets".formatted(namespace)),
                log,
                first);
    }

    /** What {@code secret} holds. */
    static Map<String, byte[]> entries(Secret secret) {
        Map<String, byte[]> entries = new HashMap<>();
        if (secret.getData() != null) {
            secret.getData().forEach((key, value) -> entries.put(key, decoded(value)));
        }
        return entries;
    }

    /** The bytes that {@code base64} stands for; none where it is missing or, which the API server lets nobody write, something else. */
    static byte[] decoded(@Nullable String base64) {
        try {
            return base64 == null ? new byte[0] : Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
