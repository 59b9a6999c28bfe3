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
        public Account serviceAccount(String namespace, String name, Deadline deadline) {
            return new Account.Named(List.of());
        }
    };

    /**
     * The Secret's docker configuration.
     *
     * @throws dev.landwaiter.failure.Failure {@code CLUSTER_UNAVAILABLE} where the API server did not answer
     */
    Reading secret(String namespace, String name, Deadline deadline);

    /**
     * Which Secrets a ServiceAccount names.
     *
     * @throws dev.landwaiter.failure.Failure {@code CLUSTER_UNAVAILABLE} where the API server did not answer
     */
    Account serviceAccount(String namespace, String name, Deadline deadline);

    /** What a ServiceAccount says of pull Secrets. */
    sealed interface Account {
        /**
         * It was read.
         *
         * @param secrets the names in its {@code imagePullSecrets}
         */
        record Named(List<String> secrets) implements Account {
            public Named {
                secrets = List.copyOf(secrets);
            }
        }

        /**
         * It is missing, or may not be read: nobody knows which Secrets it names.
         *
         * @param why for messages, after its name: {@code is missing}
         */
        record Unread(String why) implements Account {}
    }

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
