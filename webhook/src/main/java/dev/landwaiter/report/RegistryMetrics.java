package dev.landwaiter.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counts requests to registries. Tenants choose the hosts, so only the first so many get a label of their own. */
public final class RegistryMetrics {
    private static final int HOSTS = 100;
    private static final String OTHERS = "others";

    private final MeterRegistry registry;
    private final ConcurrentMap<String, Boolean> hosts = new ConcurrentHashMap<>();
    private final ConcurrentMap<Key, Counter> requests = new ConcurrentHashMap<>();

    private record Key(String host, String result) {}

    public RegistryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Counts one request.
     *
     * @param host {@code host[:port]} that was asked
     * @param result the answer's status ({@code 200}) or the code of the failure ({@code REGISTRY_TIMEOUT})
     */
    public void requested(String host, String result) {
        requests.computeIfAbsent(
                        new Key(label(host), result),
                        key -> Counter.builder("landwaiter.registry.requests")
                                .description("Requests to registries by host and result")
                                .tag("host", key.host())
                                .tag("result", key.result())
                                .register(registry))
                .increment();
    }

    private String label(String host) {
        if (hosts.containsKey(host)) {
            return host;
        }
        if (hosts.size() >= HOSTS) {
            return OTHERS;
        }
        hosts.put(host, true);
        return host;
    }
}
