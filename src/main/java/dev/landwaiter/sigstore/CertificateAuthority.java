package dev.landwaiter.sigstore;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * An authority of a trust root that issues signing certificates. The trust root brings its whole chain; nothing that comes with a signature
 * lengthens it.
 *
 * @param name for people
 * @param validity for which time it counts
 */
record CertificateAuthority(String name, CertificateChain chain, Validity validity) {
    /**
     * Its chain from whoever goes by the name that {@code certificate} gives for its issuer; empty where nobody in it does. That is not always the
     * first: GitHub signs releases with an authority above the one that signs for workflows.
     */
    Optional<CertificateChain> named(X509Certificate certificate) {
        for (int i = 0; i < chain.certificates().size(); i++) {
            CertificateChain from = chain.from(i);
            if (from.first().getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
                return Optional.of(from);
            }
        }
        return Optional.empty();
    }
}
