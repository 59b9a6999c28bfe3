package dev.landwaiter.sigstore;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * One Sigstore of a trust root: who issues its certificates, and who vouches for them and for signatures. What it does not have, nobody can ask
 * of what it issued: GitHub's instance for private repositories has no logs at all, and timestamps instead.
 *
 * @param certificateLogged whether it has a certificate log, be it one whose key is of no kind that is known here
 * @param logged whether it has a transparency log, likewise
 */
record SigstoreInstance(
        List<CertificateAuthority> certificateAuthorities,
        List<Log> certificateLogs,
        List<Log> logs,
        List<TimestampAuthority> timestampAuthorities,
        boolean certificateLogged,
        boolean logged) {
    SigstoreInstance {
        certificateAuthorities = List.copyOf(certificateAuthorities);
        certificateLogs = List.copyOf(certificateLogs);
        logs = List.copyOf(logs);
        timestampAuthorities = List.copyOf(timestampAuthorities);
    }

    /** Whether somebody in the chains of its authorities goes by the name that {@code certificate} gives for its issuer. */
    boolean named(X509Certificate certificate) {
        return certificateAuthorities.stream()
                .anyMatch(authority -> authority.named(certificate).isPresent());
    }
}
