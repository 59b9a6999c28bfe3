package dev.landwaiter.credential;

import dev.landwaiter.limit.Deadline;
import java.util.List;

/** The cluster's side of credentials, as a port: reads by name, never lists. */
public interface PullSecrets {
    /** A webhook without a cluster: nothing is there. */
    PullSecrets NONE = new PullSecrets() {
        @Override
        public Reading secret(String namespace, String name, Deadline deadline) {
            return new Absent("is missing");
        }

        @Override
        public List<String> ofServiceAccount(String namespace, String serviceAccount, Deadline deadline) {
            return List.of();
        }
    };

    /**
     * The Secret's docker configuration.
     *
     * @throws dev.landwaiter.failure.Failure {@code CLUSTER_UNAVAILABLE} where the API server did not answer
     */
    Reading secret(String namespace, String name, Deadline deadline);

    /** The names of the {@code imagePullSecrets} of a ServiceAccount; empty where it is missing or may not be read. */
    List<String> ofServiceAccount(String namespace, String serviceAccount, Deadline deadline);

    /** What there is under a Secret's name. */
    sealed interface Reading permits Secret, Absent {}

    /**
     * No docker configuration: the Secret is missing, of another type, or may not be read.
     *
     * @param why for messages, after the Secret's name: {@code is missing}
     */
    record Absent(String why) implements Reading {}

    /**
     * A pull Secret as stored.
     *
     * @param type {@code kubernetes.io/dockerconfigjson} or {@code kubernetes.io/dockercfg}
     * @param content the JSON that its one key holds
     */
    record Secret(String type, byte[] content) implements Reading {
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
