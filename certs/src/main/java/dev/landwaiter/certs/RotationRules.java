package dev.landwaiter.certs;

import dev.landwaiter.certs.IssuingAuthority.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * What is issued, for whom, and how long it lasts. All margins are shares of a lifetime, so that certificates of an hour are renewed in time
 * as those of a year are.
 *
 * @param service that the API server calls
 * @param namespace of the service
 * @param authorityLifetime at least twice {@code certificateLifetime}
 */
public record RotationRules(
        String service, String namespace, Duration authorityLifetime, Duration certificateLifetime) {
    /** Clocks of API servers may be behind ours by so much. */
    private static final Duration SKEW = Duration.ofHours(1);

    private static final int SHARE = 3;
    /** A renewal that gains less than this share of a lifetime is none. */
    private static final int LEAST_GAIN = 10;

    public RotationRules {
        if (authorityLifetime.compareTo(certificateLifetime.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("an authority lasts at least twice as long as what it signs");
        }
    }

    /** What the certificate is called: what the API server calls the service, and what others in the cluster do. */
    public List<String> names() {
        String name = "%s.%s.svc".formatted(service, namespace);
        return List.of(name, name + ".cluster.local");
    }

    /** What every authority of this service calls itself. */
    X500Principal subject() {
        return new X500Principal("CN=landwaiter-authority,O=%s,OU=%s".formatted(service, namespace));
    }

    IssuingAuthority newAuthority(Instant now) {
        return IssuingAuthority.create(subject(), new Validity(now.minus(SKEW), now.plus(authorityLifetime)));
    }

    ServingCertificate newCertificate(IssuingAuthority signer, Instant now) {
        return signer.issueServer(service, names(), new Validity(now.minus(SKEW), now.plus(certificateLifetime)));
    }

    /** How long before its end an authority gets a successor: early enough that what it signs never has to end sooner than others. */
    private Duration authorityMargin() {
        Duration share = authorityLifetime.dividedBy(SHARE);
        Duration leaf = certificateLifetime.plus(certificateMargin());
        Duration most = authorityLifetime.multipliedBy(2).dividedBy(SHARE);
        Duration wanted = share.compareTo(leaf) < 0 ? leaf : share;
        return wanted.compareTo(most) < 0 ? wanted : most;
    }

    private Duration certificateMargin() {
        return certificateLifetime.dividedBy(SHARE);
    }

    /** From when on {@code authority} needs a successor. */
    Instant due(IssuingAuthority authority) {
        return authority.certificate().getNotAfter().toInstant().minus(authorityMargin());
    }

    /** From when on {@code leaf} needs a successor. */
    Instant due(ServingCertificate leaf) {
        return leaf.notAfter().minus(certificateMargin());
    }

    /** Whether a certificate that {@code signer} signs at {@code now} ends so much later than {@code leaf} that it is worth having. */
    boolean gains(IssuingAuthority signer, ServingCertificate leaf, Instant now) {
        Instant wanted = now.plus(certificateLifetime);
        Instant latest = signer.certificate().getNotAfter().toInstant();
        Instant end = wanted.isBefore(latest) ? wanted : latest;
        return Duration.between(leaf.notAfter(), end).compareTo(certificateLifetime.dividedBy(LEAST_GAIN)) >= 0;
    }

    /** How long an authority has to be trusted in every place before it signs. */
    Duration settling() {
        return Settling.of(certificateLifetime);
    }
}
