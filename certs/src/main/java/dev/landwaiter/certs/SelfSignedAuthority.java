package dev.landwaiter.certs;

import dev.landwaiter.certs.IssuingAuthority.Validity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * An authority that lives as long as this process: it issues certificates for the demo, for local runs without {@code --tls-cert} and for
 * tests. Its key is never written anywhere.
 */
public final class SelfSignedAuthority {
    /** Clocks of clients may be behind ours by so much. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final IssuingAuthority authority;

    /** An authority that calls itself {@code name} and lasts {@code validity} from now. */
    public SelfSignedAuthority(String name, Duration validity, InstantSource clock) {
        this.clock = clock;
        this.authority = IssuingAuthority.create(new X500Principal("CN=" + name), fromNow(validity));
    }

    /** The authority's own certificate: whoever trusts it trusts what is issued here. */
    public X509Certificate certificate() {
        return authority.certificate();
    }

    /** {@link #certificate()} in PEM, for {@code caBundle} and {@code curl --cacert}. */
    public String certificatePem() {
        return ServingCertificate.pem(certificate());
    }

    /**
     * A certificate for a TLS server of {@code names}, which are DNS names and IP addresses, the first also its common name. It never
     * outlives the authority.
     */
    public ServingCertificate issueServer(List<String> names, Duration validity) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a server has at least one name");
        }
        return authority.issueServer(names.getFirst(), names, fromNow(validity));
    }

    /** A certificate for a TLS client that calls itself {@code name}. It never outlives the authority. */
    public ServingCertificate issueClient(String name, Duration validity) {
        return issueClient(name, List.of(), validity);
    }

    /** As {@link #issueClient(String, Duration)}, of other {@code names} too: DNS names, IP addresses and URIs. */
    public ServingCertificate issueClient(String name, List<String> names, Duration validity) {
        return authority.issueClient(name, names, fromNow(validity));
    }

    private Validity fromNow(Duration validity) {
        Instant now = clock.instant();
        return new Validity(now.minus(SKEW), now.plus(validity));
    }
}
