package dev.landwaiter.sigstore;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A timestamp authority of a trust root.
 *
 * @param name for people
 * @param chain begins with the certificate that signs timestamps, or with the one that issued it
 * @param validity for which time it counts
 */
record TimestampAuthority(String name, CertificateChain chain, Validity validity) {
    /** The certificate that signs; empty where the trust root leaves it to each timestamp to bring it along. */
    Optional<X509Certificate> signer() {
        return chain.first().getBasicConstraints() < 0 ? Optional.of(chain.first()) : Optional.empty();
    }

    /**
     * Checks that it vouched for {@code signer} at {@code time}.
     *
     * @throws GeneralSecurityException where it did not
     */
    void check(X509Certificate signer, Instant time) throws GeneralSecurityException {
        if (signer.equals(chain.first())) {
            chain.checkValidity(time);
        } else {
            chain.checkIssued(signer, time);
        }
    }
}
