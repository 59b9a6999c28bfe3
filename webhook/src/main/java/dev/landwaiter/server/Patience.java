package dev.landwaiter.server;

import java.time.Duration;

/**
 * How long is waited for clients.
 *
 * @param toBegin what one may take to come to speak HTTP, and a silent one to send its first request
 * @param idle how long a connection may lie idle between requests
 * @param linger how long what a refused client still sends is thrown away, so that it reads the answer instead of a reset
 * @param toTake what a client may take to take its answer
 */
public record Patience(Duration toBegin, Duration idle, Duration linger, Duration toTake) {
    /** With API servers, which are quick, and keep connections that they use. */
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofSeconds(1), Duration.ofSeconds(10));
}
