package dev.landwaiter.report;

import dev.landwaiter.failure.Code;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Counts attempts to refresh the trust root of policies without one, and shows how old it is. */
public final class TrustRootMetrics {
    private static final String REFRESHED = "refreshed";

    private final Map<String, Counter> byResult = new HashMap<>();

    /** @param refreshed when it was last found to be fresh; empty before the first time */
    public TrustRootMetrics(MeterRegistry registry, Supplier<Optional<Instant>> refreshed) {
        Object _ = Gauge.builder(
                        "landwaiter.trust.root.refreshed.seconds",
                        refreshed,
                        asked -> asked.get()
                                .map(at -> (double) at.getEpochSecond())
                                .orElse(Double.NaN))
                .description(
                        "When the trust root was last refreshed, in seconds since 1970; none before the first time")
                .strongReference(true)
                .register(registry);
        // from the start on, so that an alert sees the first one
        for (String result : new String[] {
            REFRESHED, Code.TUF_UNAVAILABLE.name(), Code.TUF_REFUSED.name(), Code.TUF_CACHE_UNUSABLE.name()
        }) {
            byResult.put(
                    result,
                    Counter.builder("landwaiter.trust.root.refreshes")
                            .description("Attempts to refresh the trust root, by what came of them")
                            .tag("result", result)
                            .register(registry));
        }
    }

    /** Counts one attempt. {@code problem} is what came of it where it was not entirely good. */
    public void attempted(Optional<Code> problem) {
        Counter counter = byResult.get(problem.map(Code::name).orElse(REFRESHED));
        if (counter != null) {
            counter.increment();
        }
    }
}
