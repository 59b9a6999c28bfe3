package dev.landwaiter.app;

import dev.landwaiter.failure.Code;
import dev.landwaiter.registry.RegistryListener;
import dev.landwaiter.report.RegistryMetrics;
import java.time.Duration;

/** Tells metrics of registry requests: by status, or by the code of what kept the answer away. */
record RegistryCounts(RegistryMetrics metrics) implements RegistryListener {
    @Override
    public void answered(String host, String method, int status, Duration took) {
        metrics.requested(host, Integer.toString(status));
    }

    @Override
    public void failed(String host, String method, Code code, Duration took) {
        metrics.requested(host, code.name());
    }
}
