package dev.landwaiter.credential;

import dev.landwaiter.limit.Deadline;
import java.util.List;
import java.util.Optional;

/** The cluster's side of credentials, as a port: reads by name, never lists. */
public interface PullSecrets {
    /** A webhook without a cluster: nothing is there. */
    PullSecrets NONE = new PullSecrets() {
        @Override
        public Optional<Secret> secret(String namespace, String name, Deadline deadline) {
            return Optional.empty();
        }

        @Override
        public List<String> ofServiceAccount(String namespace, String serviceAccount, Deadline deadline) {
            return List.of();
        }
    };

    /**
     * The Secret's docker configuration; empty where it is missing, of another type, or may not be read.
     *
     * @throws dev.landwaiter.failure.Failure {@code CLUSTER_UNAVAILABLE} where the API server did not answer
     */
    Optional<Secret> secret(String namespace, String name, Deadline deadline);

    /** The names of the {@code imagePullSecrets} of a ServiceAccount; empty where it is missing or may not be read. */
    List<String> ofServiceAccount(String namespace, String serviceAccount, Deadline deadline);

    /**
     * A pull Secret as stored.
     *
     * @param type {@code kubernetes.io/dockerconfigjson} or {@code kubernetes.io/dockercfg}
     * @param content the JSON that its one key holds
     */
    record Secret(String type, byte[] content) {
        public Secret {
            content = content.clone();
        }

        @Override
        public byte[] content() {
            return content.clone();
        }

        @Override
        public String toString() {
            return "Secret[type=" + type + "]";
        }
    }
}
