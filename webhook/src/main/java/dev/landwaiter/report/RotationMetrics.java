package dev.landwaiter.report;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** How the certificates of our own are kept, as metrics of the controller. */
public final class RotationMetrics {
    private RotationMetrics() {}

    /** What is shown; asked whenever somebody looks. */
    public record Rotation(
            BooleanSupplier leads,
            BooleanSupplier failing,
            Supplier<Optional<Instant>> authorityEnds,
            Supplier<Optional<Instant>> certificateEnds,
            LongSupplier authorities,
            LongSupplier certificates,
            LongSupplier bundles) {}

    /** Has {@code registry} show {@code rotation}. */
    public static void show(MeterRegistry registry, Rotation rotation) {
        gauge(
                registry,
                "landwaiter.controller.leader",
                "1 where this process is the one that acts",
                () -> rotation.leads().getAsBoolean() ? 1 : 0);
        gauge(
                registry,
                "landwaiter.rotation.problem",
                "1 where the certificates could not be kept the last time",
                () -> rotation.failing().getAsBoolean() ? 1 : 0);
        gauge(
                registry,
                "landwaiter.authority.not.after.seconds",
                "When the newest authority of our own expires, in seconds since 1970; shown by the process that acts",
                () -> seconds(rotation.authorityEnds().get()));
        gauge(
                registry,
                "landwaiter.certificate.not.after.seconds",
                "When the certificate expires, in seconds since 1970; shown by the process that acts",
                () -> seconds(rotation.certificateEnds().get()));
        counter(registry, "authority", rotation.authorities());
        counter(registry, "certificate", rotation.certificates());
        counter(registry, "bundle", rotation.bundles());
    }

    private static double seconds(Optional<Instant> end) {
        return end.map(Instant::getEpochSecond).map(Long::doubleValue).orElse(Double.NaN);
    }

    private static void gauge(MeterRegistry registry, String name, String description, Supplier<Number> value) {
        Object _ = Gauge.builder(name, value).description(description).register(registry);
    }

    private static void counter(MeterRegistry registry, String what, LongSupplier count) {
        Object _ = FunctionCounter.builder("landwaiter.rotations", count, LongSupplier::getAsLong)
                .description("How often the authorities, the certificate or the bundles were written")
                .tag("what", what)
                .register(registry);
    }
}
