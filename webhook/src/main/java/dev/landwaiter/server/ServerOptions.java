package dev.landwaiter.server;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How to serve, at all listeners.
 *
 * @param eventLoops threads that serve connections, at least 1
 * @param deadlineMargin kept back of the API server's timeout
 * @param drainDelay how long connections are still taken once a stop is asked for
 * @param drain how long requests may take to finish after that
 * @param patience with clients
 * @param fatal told of whatever is thrown that nobody expected; a process that cannot be trusted any more ends there
 */
public record ServerOptions(
        int eventLoops,
        Duration deadlineMargin,
        Duration drainDelay,
        Duration drain,
        Patience patience,
        Consumer<Throwable> fatal) {
    /** How often what is overdue is looked for. */
    static final Duration SWEEP = Duration.ofMillis(250);

    public ServerOptions {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("at least one event loop");
        }
    }
}
