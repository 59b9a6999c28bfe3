package dev.landwaiter.certs;

import dev.landwaiter.certs.IssuingAuthority.Validity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that somebody hands over as they are found, for instance whoever watches a Secret. What cannot be used leaves the last good pair
 * in place. Until there is a first one, a certificate that expired long ago is served, which nobody takes for a good one.
 */
public final class StoredCertificateSource implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(StoredCertificateSource.class);

    private final String where;
    private final InstantSource clock;
    private final ServingCertificate placeholder = placeholder();

    private volatile ServingCertificate current = placeholder;
    private volatile @Nullable String problem;
    private volatile Consumer<ServingCertificate> changed = _ -> {};

    /**
     * Without any yet.
     *
     * @param where to call it in messages: {@code of Secret "landwaiter/landwaiter-tls"}
     */
    public StoredCertificateSource(String where, InstantSource clock) {
        this.where = where;
        this.clock = clock;
        this.problem = "the certificate %s has not been read yet".formatted(where);
    }

    private static ServingCertificate placeholder() {
        Validity past = new Validity(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        return IssuingAuthority.create(new X500Principal("CN=landwaiter without a certificate"), past)
                .issueServer("landwaiter without a certificate", List.of("localhost"), past);
    }

    /** Takes over what was found: a chain, leaf first, and its key, both in PEM. */
    public synchronized void found(byte[] chain, byte[] key) {
        try {
            ServingCertificate next = CertificateCheck.read(chain, where, key, where, clock.instant());
            if (!next.equals(current)) {
                changed.accept(next);
                current = next;
                LOG.info("Read the {} {}", next, where);
            }
            problem = null;
        } catch (CertificateInvalid e) {
            keep(e.message());
        } catch (RuntimeException e) {
            LOG.error("Could not serve the certificate {}", where, e);
            keep("the certificate %s could not be served: %s; the log says more".formatted(where, e.getMessage()));
        }
    }

    /** Takes over that there is none: {@code why} is a whole thought. */
    public synchronized void missing(String why) {
        keep(why);
    }

    private void keep(String why) {
        if (!why.equals(problem)) {
            if (current.equals(placeholder)) {
                // at the first start it comes in a moment
                LOG.warn("{}", why);
            } else {
                LOG.error("{}. The last good certificate stays in use", why);
            }
        }
        problem = why;
    }

    @Override
    public ServingCertificate get() {
        return current;
    }

    @Override
    public Watch start(Consumer<ServingCertificate> changed) {
        this.changed = changed;
        return () -> this.changed = _ -> {};
    }

    @Override
    public Health healthy() {
        Optional<String> wrong = Optional.ofNullable(problem);
        if (current.equals(placeholder)) {
            return new Health.Unhealthy(wrong.orElse("there is no certificate %s yet".formatted(where)));
        }
        Health health = current.healthAt(clock.instant());
        return wrong.isPresent() && health instanceof Health.Healthy(var notAfter)
                ? new Health.Degraded(notAfter, wrong.get())
                : health;
    }
}
