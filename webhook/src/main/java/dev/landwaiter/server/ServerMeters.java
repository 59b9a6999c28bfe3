package dev.landwaiter.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What one listener counts of itself: only what no decision shows. */
final class ServerMeters {
    private static final String LISTENER = "listener";

    private final MeterRegistry registry;
    private final String listener;

    ServerMeters(MeterRegistry registry, Premises premises) {
        this.registry = registry;
        this.listener = premises.listener().name();
        Budgets budgets = premises.budgets();
        long bytes = budgets.limits().get(budgets.bytesAtOnce());
        int waiting = budgets.limits().count(budgets.waitingAtOnce());
        gauge(
                "landwaiter.server.deciding",
                "Reviews that wait for registries or a cluster",
                premises,
                of -> waiting - of.waiting().free());
        gauge(
                "landwaiter.server.connections",
                "Open HTTPS connections",
                premises,
                of -> of.door().count());
        gauge(
                "landwaiter.server.connections.opening",
                "Those of them that do not speak HTTP yet",
                premises,
                of -> of.door().opening());
        Object _ = Gauge.builder(
                        "landwaiter.server.review.bytes",
                        premises,
                        of -> bytes - of.bytes().free())
                .baseUnit("bytes")
                .description("Memory set aside for reviews")
                .tag(LISTENER, listener)
                .register(registry);
    }

    private void gauge(String name, String description, Premises premises, ToDoubleFunction<Premises> value) {
        Object _ = Gauge.builder(name, premises, value)
                .description(description)
                .tag(LISTENER, listener)
                .register(registry);
    }

    /** Counts a request or a connection that was refused without a decision. */
    void refused(String code) {
        Counter.builder("landwaiter.server.refusals")
                .description("HTTP requests that were answered without a decision, by code")
                .tag(LISTENER, listener)
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
