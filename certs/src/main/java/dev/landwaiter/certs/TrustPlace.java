package dev.landwaiter.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A place that says whom the API server trusts when it calls us: the {@code clientConfig} of one webhook of a configuration.
 *
 * @param where for messages: {@code webhook "mutate.landwaiter.dev" of MutatingWebhookConfiguration "landwaiter"}
 * @param server what our certificate has to be called for the API server; {@code ""} where that is not known
 * @param authorities of its {@code caBundle}; none where it has none, so that no certificate of ours is accepted
 */
public record TrustPlace(String where, String server, List<X509Certificate> authorities) {
    public TrustPlace {
        authorities = List.copyOf(authorities);
    }

    /** As much as can be read of {@code caBundle}, which is PEM. */
    public static TrustPlace of(String where, String server, byte[] caBundle) {
        return new TrustPlace(where, server, IntactPem.certificates(caBundle).values());
    }

    /** Whether nobody is trusted there yet. */
    boolean empty() {
        return authorities.isEmpty();
    }

    /** Why the API server would refuse {@code certificate} there; empty where it takes it. */
    Optional<String> refusal(ServingCertificate certificate, Instant now) {
        if (empty()) {
            return Optional.of("%s has no caBundle".formatted(where));
        }
        if (!Chains.verifies(certificate.chain(), authorities, now)) {
            return Optional.of("the caBundle of %s does not verify the certificate of %s, serial %s"
                    .formatted(
                            where,
                            certificate.leaf().getSubjectX500Principal().getName(),
                            certificate.leaf().getSerialNumber()));
        }
        return server.isEmpty() || Chains.isCalled(certificate.leaf(), server)
                ? Optional.empty()
                : Optional.of("%s calls \"%s\", which is not a name of the certificate".formatted(where, server));
    }
}
