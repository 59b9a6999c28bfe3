package dev.landwaiter.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.Health;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.Contact;
import dev.landwaiter.kubernetes.Watches;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.policy.TrustRoot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What is so at the moment, asked when metrics are: policies, the certificate, caches. */
public final class StateMetrics {
    private final MeterRegistry registry;

    public StateMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Shows the policies in force and how many of them are broken.
     *
     * @param degraded whether an older set is in force because the newest could not be read
     */
    @CanIgnoreReturnValue
    public StateMetrics policies(PolicySource policies, BooleanSupplier degraded) {
        gauge("landwaiter.policies", "Policies in force", policies, source -> count(source, _ -> true));
        gauge(
                "landwaiter.policies.broken",
                "Policies that cannot be applied as written, and refuse",
                policies,
                source -> count(source, ImagePolicy::broken));
        gauge(
                "landwaiter.policies.degraded",
                "1 where an older set of policies is in force because the newest could not be read",
                degraded,
                asked -> asked.getAsBoolean() ? 1 : 0);
        return this;
    }

    /** Shows how many ImagePolicies exceed the limits of their namespaces: of all namespaces together, since tenants choose how many there are. */
    @CanIgnoreReturnValue
    public StateMetrics policiesBeyondLimits(IntSupplier count) {
        gauge(
                "landwaiter.policies.beyond.limits",
                "ImagePolicies that are not applied because their namespaces have too many or too large ones, and refuse",
                count,
                IntSupplier::getAsInt);
        return this;
    }

    /** Shows the exceptions that have an effect at {@code clock}'s time, and those that have none any more or never had one. */
    @CanIgnoreReturnValue
    public StateMetrics exceptions(PolicySource policies, InstantSource clock) {
        gauge(
                "landwaiter.exceptions",
                "Exceptions in force",
                policies,
                source -> countExemptions(source, exemption -> exemption.inForce(clock.instant())));
        gauge(
                "landwaiter.exceptions.expired",
                "Exceptions that have ended, and can be removed",
                policies,
                source -> countExemptions(
                        source, exemption -> !exemption.broken() && !exemption.inForce(clock.instant())));
        gauge(
                "landwaiter.exceptions.broken",
                "Exceptions that cannot be applied as written, and have no effect",
                policies,
                source -> countExemptions(source, Exemption::broken));
        return this;
    }

    /** Shows how many trust roots there are and how many of them are broken. */
    @CanIgnoreReturnValue
    public StateMetrics trustRoots(Supplier<List<TrustRoot>> trustRoots) {
        gauge(
                "landwaiter.trust.roots",
                "TrustRoots",
                trustRoots,
                roots -> roots.get().size());
        gauge(
                "landwaiter.trust.roots.broken",
                "TrustRoots that cannot be used as written, and break the policies that name them",
                trustRoots,
                roots -> roots.get().stream().filter(TrustRoot::broken).count());
        return this;
    }

    private static double count(PolicySource policies, Predicate<ImagePolicy> which) {
        return count(policies, PolicySet::policies, which);
    }

    private static double countExemptions(PolicySource policies, Predicate<Exemption> which) {
        return count(policies, PolicySet::exemptions, which);
    }

    private static <T> double count(PolicySource policies, Function<PolicySet, List<T>> what, Predicate<T> which) {
        try {
            return what.apply(policies.current()).stream().filter(which).count();
        } catch (Failure e) {
            // none seen yet is not none
            return Double.NaN;
        }
    }

    /** Shows how the API server is watched, by what is watched, and how often it did not do what was asked, by cause. */
    @CanIgnoreReturnValue
    public StateMetrics cluster(Watches watches, Contact contact) {
        for (String name : Watches.names()) {
            Tags tags = Tags.of("watch", name);
            gauge(
                    "landwaiter.watch.connected",
                    "1 where the watch is open, 0 where it is not and what was read last decides",
                    tags,
                    watches,
                    of -> of.connected(name) ? 1 : 0);
            gauge(
                    "landwaiter.watch.silent.seconds",
                    "How long ago the API server last gave a sign of life on the watch",
                    tags,
                    watches,
                    of -> of.silent(name).toMillis() / 1000.0);
        }
        for (Contact.Cause cause : Contact.Cause.values()) {
            Object _ = FunctionCounter.builder("landwaiter.cluster.failures", contact, of -> of.count(cause))
                    .description("Requests that the API server refused or did not answer, by cause")
                    .tag("cause", cause.label())
                    .register(registry);
        }
        return this;
    }

    /** Shows when the certificate ends and how its source is. */
    @CanIgnoreReturnValue
    public StateMetrics certificate(CertificateSource certificates) {
        gauge(
                "landwaiter.certificate.not.after.seconds",
                "When the certificate that is served ends, in seconds since 1970",
                certificates,
                source -> source.get().notAfter().getEpochSecond());
        gauge(
                "landwaiter.certificate.healthy",
                "1 where the certificate is good, 0.5 where its successor is not, 0 where no client accepts it",
                certificates,
                source -> switch (source.healthy()) {
                    case Health.Healthy _ -> 1;
                    case Health.Degraded _ -> 0.5;
                    case Health.Unhealthy _ -> 0;
                });
        return this;
    }

    /** Shows how often a tier knew the answer and how often it did not. */
    @CanIgnoreReturnValue
    public StateMetrics tier(String tier, LongSupplier hits, LongSupplier misses) {
        counter("landwaiter.tier.requests", "What fetching asked a tier for", "hit", tier, hits);
        counter("landwaiter.tier.requests", "What fetching asked a tier for", "miss", tier, misses);
        return this;
    }

    /** Shows how often a tag was answered with what it named last, because its registry could not be asked. */
    @CanIgnoreReturnValue
    public StateMetrics unconfirmedTags(LongSupplier count) {
        Object _ = FunctionCounter.builder("landwaiter.tags.unconfirmed", count, LongSupplier::getAsLong)
                .description("Images that were looked up by a tag which its registry could not confirm")
                .register(registry);
        return this;
    }

    /** Shows how many log lines were dropped, of each kind. */
    @CanIgnoreReturnValue
    public StateMetrics logs(Logs logs) {
        for (BoundedAppender.Kind kind : BoundedAppender.Kind.values()) {
            Object _ = FunctionCounter.builder("landwaiter.log.lines.dropped", logs, of -> of.dropped(kind))
                    .description("Log lines that came faster than they could be written")
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        return this;
    }

    private void counter(String name, String description, String result, String tier, LongSupplier count) {
        Object _ = FunctionCounter.builder(name, count, LongSupplier::getAsLong)
                .description(description)
                .tag("tier", tier)
                .tag("result", result)
                .register(registry);
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        gauge(name, description, Tags.empty(), of, value);
    }

    private <T> void gauge(String name, String description, Tags tags, T of, ToDoubleFunction<T> value) {
        Object _ = Gauge.builder(name, of, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }
}
