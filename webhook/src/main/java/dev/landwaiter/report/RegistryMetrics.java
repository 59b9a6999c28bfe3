package dev.landwaiter.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;

/** Counts requests to registries. Tenants choose the hosts and hosts their answers, so there are so many series and no more. */
public final class RegistryMetrics {
    private static final int SERIES = 1_000;
    /** Those that registries really answer; of others, the first digit is enough. */
    private static final Set<String> STATUSES = Set.of(
            "200", "201", "202", "206", "301", "302", "303", "304", "307", "308", "400", "401", "403", "404", "405",
            "406", "416", "429", "500", "501", "502", "503", "504");

    private final BoundedCounters<Key> requests;

    private record Key(String host, String result) {}

    public RegistryMetrics(MeterRegistry registry) {
        requests = new BoundedCounters<>(
                registry,
                SERIES,
                key -> Counter.builder("landwaiter.registry.requests")
                        .description("Requests to registries by host and result")
                        .tag("host", key.host())
                        .tag("result", key.result()));
    }

    /**
     * Counts one request.
     *
     * @param host {@code host[:port]} that was asked
     * @param result the answer's status ({@code 200}) or the code of the failure ({@code REGISTRY_TIMEOUT})
     */
    public void requested(String host, String result) {
        boolean strange = Character.isDigit(result.charAt(0)) && !STATUSES.contains(result);
        requests.increment(new Key(host, strange ? result.charAt(0) + "xx" : result));
    }
}
