package dev.landwaiter.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the server counts of itself: only what no decision shows. Shared by all event loops. */
final class ServerMeters {
    private final MeterRegistry registry;
    final AtomicInteger deciding = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    /** Bytes of reviews that are being read or decided. */
    final AtomicLong bytes = new AtomicLong();

    ServerMeters(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("landwaiter.server.deciding", deciding, AtomicInteger::get)
                .description("Reviews that wait for registries or a cluster")
                .register(registry);
        Gauge.builder("landwaiter.server.connections", connections, AtomicInteger::get)
                .description("Open HTTPS connections")
                .register(registry);
        Gauge.builder("landwaiter.server.review.bytes", bytes, AtomicLong::get)
                .baseUnit("bytes")
                .description("Bytes of reviews in memory")
                .register(registry);
    }

    /** Counts a request that was answered without a decision. */
    void refused(String code) {
        Counter.builder("landwaiter.server.refusals")
                .description("HTTP requests that were answered without a decision, by code")
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
