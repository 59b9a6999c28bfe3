package dev.landwaiter.report;

import dev.landwaiter.admission.Decision;
import dev.landwaiter.admission.DecisionEvent;
import dev.landwaiter.admission.DecisionListener;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.check.ImageOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** Counts decisions. Meters are kept by what they count, because looking one up in the registry costs more than all the rest here. */
public final class DecisionMetrics implements DecisionListener {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    /** Series of the cluster's policies, and as many of all namespaces' own, which tenants name. */
    private static final int POLICIES = 1_000;

    private final ConcurrentMap<DecisionKey, Counter> decisions = new ConcurrentHashMap<>();
    private final ConcurrentMap<TimeKey, Timer> times = new ConcurrentHashMap<>();
    private final ConcurrentMap<ImageKey, Counter> images = new ConcurrentHashMap<>();
    private final BoundedCounters<WouldKey> clusterWouldDeny;
    private final BoundedCounters<WouldKey> namespacesWouldDeny;
    private final Function<DecisionKey, Counter> newDecisions;
    private final Function<TimeKey, Timer> newTimes;
    private final Function<ImageKey, Counter> newImages;

    private record DecisionKey(Endpoint endpoint, String decision, String code) {}

    private record TimeKey(Endpoint endpoint, String decision) {}

    private record ImageKey(String outcome, String code) {}

    private record WouldKey(String policy, String mode) {
        /** An ImagePolicy is known as {@code namespace/name}. */
        boolean ofNamespace() {
            return policy.indexOf('/') >= 0;
        }
    }

    public DecisionMetrics(MeterRegistry registry) {
        newDecisions = key -> Counter.builder("landwaiter.decisions")
                .description("Decisions by webhook, decision and the code of what was refused")
                .tag("endpoint", text(key.endpoint()))
                .tag("decision", key.decision())
                .tag("code", key.code())
                .register(registry);
        newTimes = key -> Timer.builder("landwaiter.decision.duration")
                .description("How long decisions took, without the network in front of them")
                .tag("endpoint", text(key.endpoint()))
                .tag("decision", key.decision())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        newImages = key -> Counter.builder("landwaiter.images")
                .description("Images looked at, by what became of them")
                .tag("outcome", key.outcome())
                .tag("code", key.code())
                .register(registry);
        clusterWouldDeny = new BoundedCounters<>(registry, POLICIES, DecisionMetrics::wouldDeny);
        namespacesWouldDeny = new BoundedCounters<>(registry, POLICIES, DecisionMetrics::wouldDeny);
    }

    private static Counter.Builder wouldDeny(WouldKey key) {
        return Counter.builder("landwaiter.policy.would.deny")
                .description("Images that a policy would refuse if it enforced")
                .tag("policy", key.policy())
                .tag("mode", key.mode());
    }

    @Override
    public void decided(DecisionEvent event) {
        String decision = event.decision().name();
        DecisionKey decided =
                new DecisionKey(event.endpoint(), decision, event.decision().code());
        decisions.computeIfAbsent(decided, newDecisions).increment();
        times.computeIfAbsent(new TimeKey(event.endpoint(), decision), newTimes).record(event.duration());
        if (!countsImages(event)) {
            return;
        }
        for (ImageOutcome image : event.images()) {
            images.computeIfAbsent(new ImageKey(image.outcome(), image.code()), newImages)
                    .increment();
            for (ImageOutcome.WouldDeny would : image.wouldDeny()) {
                WouldKey key = new WouldKey(would.policy(), would.mode());
                (key.ofNamespace() ? namespacesWouldDeny : clusterWouldDeny).increment(key);
            }
        }
    }

    /** A Pod's images count once, although two webhooks look at them: where it is refused, or else where nobody asks any more. */
    private static boolean countsImages(DecisionEvent event) {
        return switch (event.endpoint()) {
            case VALIDATE -> true;
            case MUTATE -> event.decision() instanceof Decision.Denied;
        };
    }

    private static String text(Endpoint endpoint) {
        return endpoint.name().toLowerCase(Locale.ROOT);
    }
}
