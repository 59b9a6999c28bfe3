package dev.landwaiter.server;

import dev.landwaiter.certs.AuthoritiesSource;
import java.util.List;
import java.util.Set;

/** Who counts as the API server at a listener. */
public sealed interface CallerRule {
    /** Whoever shows one of these certificates; nobody else is answered. */
    record ByCertificate(List<KnownCertificate> certificates) implements CallerRule {
        public ByCertificate {
            certificates = List.copyOf(certificates);
        }
    }

    /** Everybody: an admin answers for it that nobody but the API server reaches the port. */
    record TrustedNetwork() implements CallerRule {}

    /** Nobody. Whoever asks is answered what anybody may know, without any credential. */
    record Nobody() implements CallerRule {}

    /**
     * A certificate that the API server shows. An authority alone is no identity: a cluster's signs the certificates of every kubelet and user.
     *
     * @param authorities who signs it
     * @param names it has one of these, as its common name or among its DNS names and URIs
     * @param by whose it is
     */
    record KnownCertificate(AuthoritiesSource authorities, Set<String> names, By by) {
        public KnownCertificate {
            names = Set.copyOf(names);
        }
    }

    /** Who shows a certificate, and the settings that say which. */
    enum By {
        /** The API server's client for webhooks. */
        API_SERVER("--client-ca", "--client-names"),
        /** The API server's aggregator, which forwards requests of many users and says of which. */
        FRONT_PROXY("--front-proxy-ca", "--front-proxy-names");

        private final String authorities;
        private final String names;

        By(String authorities, String names) {
            this.authorities = authorities;
            this.names = names;
        }

        /** The flag that names who signs it. */
        public String authorities() {
            return authorities;
        }

        /** The flag that names whose it is. */
        public String names() {
            return names;
        }
    }
}
