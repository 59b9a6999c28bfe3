package dev.landwaiter.certs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another source's certificates, each served only once the API server trusts it: when every live {@code caBundle} has verified it for a while,
 * as {@link ServingChoice} says. Until then the one before stays.
 */
public final class CoveredCertificateSource implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(CoveredCertificateSource.class);

    private final CertificateSource inner;
    private final LiveBundles bundles;
    private final InstantSource clock;
    private final Duration every;

    private volatile ServingChoice choice;
    private volatile Consumer<ServingCertificate> changed = _ -> {};
    /** Every bundle verified what was served, once. */
    private volatile boolean trustedOnce;

    private String told = "";

    /** Serves what {@code inner} has now. */
    public CoveredCertificateSource(CertificateSource inner, LiveBundles bundles, InstantSource clock) {
        this(inner, bundles, clock, ContentWatch.EVERY);
    }

    CoveredCertificateSource(CertificateSource inner, LiveBundles bundles, InstantSource clock, Duration every) {
        this.inner = inner;
        this.bundles = bundles;
        this.clock = clock;
        this.every = every;
        this.choice = ServingChoice.of(inner.get());
    }

    @Override
    public ServingCertificate get() {
        return choice.current();
    }

    @Override
    public Watch start(Consumer<ServingCertificate> changed) {
        this.changed = changed;
        Watch watch = inner.start(_ -> look());
        Thread thread = Thread.ofPlatform().name("trusted-certificate").daemon().start(this::run);
        return () -> {
            watch.close();
            thread.interrupt();
        };
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(every);
                try {
                    look();
                } catch (RuntimeException e) {
                    LOG.error("Could not change the certificate that is served; trying again", e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The certificate is no longer looked at");
        }
    }

    /** Finds out which certificate is to be served now, and has it served. */
    synchronized void look() {
        Instant now = clock.instant();
        LiveBundles.Known known = bundles.now();
        ServingChoice next = choice.next(inner.get(), known, now);
        tell(next.held(known, now).orElse(""));
        if (next.current().equals(choice.current())) {
            choice = next;
        } else {
            changed.accept(next.current());
            choice = next;
            LOG.info("The {} is served from now on", next.current());
        }
        trustedOnce |= trust() instanceof Trust.Trusted;
    }

    private void tell(String held) {
        if (!held.equals(told)) {
            told = held;
            if (!held.isEmpty()) {
                LOG.warn("{}. The certificate before it stays in use", capital(held));
            }
        }
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    @Override
    public Health healthy() {
        Instant now = clock.instant();
        Health served = choice.current().healthAt(now);
        if (!(served instanceof Health.Healthy(var notAfter))) {
            return inner.healthy() instanceof Health.Unhealthy unhealthy ? unhealthy : served;
        }
        Optional<String> held = choice.held(bundles.now(), now);
        if (held.isPresent()) {
            return new Health.Degraded(notAfter, held.get());
        }
        return inner.healthy() instanceof Health.Degraded degraded
                ? new Health.Degraded(notAfter, degraded.reason())
                : served;
    }

    /** Whether the API server trusts what is served. */
    public sealed interface Trust {
        /** Every place verifies it. */
        record Trusted(int places) implements Trust {}

        /** It cannot be told, or nobody is told to call us: {@code why} says. What is served stays. */
        record Unknown(String why) implements Trust {}

        /** The API server refuses what is served. */
        record Refused(String why) implements Trust {}
    }

    /**
     * Whether the API server trusts what is served now. An empty bundle counts as a refusal only until the first bundle was seen that
     * verifies it: later it is empty for all replicas alike, and it helps nobody if all of them are taken out of service while it is written
     * again.
     */
    public Trust trust() {
        return switch (bundles.now()) {
            case LiveBundles.Known.Pending _ ->
                new Trust.Refused("whom the API server trusts is not yet listed from it");
            case LiveBundles.Known.Unreadable(var why) ->
                new Trust.Unknown(
                        "whether the API server trusts it cannot be told: %s. New certificates are served at once"
                                .formatted(why));
            case LiveBundles.Known.Places(var places) -> trust(places);
        };
    }

    private Trust trust(List<TrustPlace> places) {
        if (places.isEmpty()) {
            return new Trust.Unknown("no webhook configuration names it: the API server calls nobody");
        }
        Instant now = clock.instant();
        ServingCertificate served = choice.current();
        for (TrustPlace place : places) {
            Optional<String> refusal = place.refusal(served, now);
            if (refusal.isPresent()) {
                return place.empty() && trustedOnce
                        ? new Trust.Unknown(refusal.get() + " any more; it has to be written again")
                        : new Trust.Refused(refusal.get());
            }
        }
        return new Trust.Trusted(places.size());
    }
}
