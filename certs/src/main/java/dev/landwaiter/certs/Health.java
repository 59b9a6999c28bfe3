package dev.landwaiter.certs;

import java.time.Instant;

/** How a certificate source is. */
public sealed interface Health {
    /** What is served is good until {@code notAfter}. */
    record Healthy(Instant notAfter) implements Health {}

    /** What is served is good until {@code notAfter}, but what should replace it is not: a person must act before then. */
    record Degraded(Instant notAfter, String reason) implements Health {}

    /** Nothing that a client would accept can be served. */
    record Unhealthy(String reason) implements Health {}
}
