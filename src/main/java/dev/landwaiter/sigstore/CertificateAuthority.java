package dev.landwaiter.sigstore;

import java.security.cert.X509Certificate;

/**
 * An authority of a trust root that issues signing certificates. The trust root brings its whole chain; nothing that comes with a signature
 * lengthens it.
 *
 * @param name for people
 * @param validity for which time it counts
 */
record CertificateAuthority(String name, CertificateChain chain, Validity validity) {
    /** Whether it goes by the name that {@code certificate} gives for its issuer; more than one may. */
    boolean named(X509Certificate certificate) {
        return chain.first().getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }
}
