package dev.landwaiter.server;

import dev.landwaiter.certs.AuthoritiesSource;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.settings.HostPort;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to serve.
 *
 * @param listen where
 * @param eventLoops threads that serve connections, at least 1
 * @param deadlineMargin kept back of the API server's timeout
 * @param drainDelay how long connections are still taken once a stop is asked for
 * @param drain how long requests may take to finish after that
 * @param clientAuthorities who signs the certificates that reviews need; null where they need none
 * @param fatal told of whatever is thrown that nobody expected; a process that cannot be trusted any more ends there
 */
public record ServerOptions(
        HostPort listen,
        int eventLoops,
        Duration deadlineMargin,
        Duration drainDelay,
        Duration drain,
        @Nullable AuthoritiesSource clientAuthorities,
        Limits limits,
        Consumer<Throwable> fatal) {
    /** What a silent client may take to send a review, or to begin one on a new connection. */
    static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long a connection may lie idle between requests. */
    static final Duration IDLE = Duration.ofMinutes(2);
    /** How often what is overdue is looked for. */
    static final Duration SWEEP = Duration.ofMillis(250);

    public ServerOptions {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("at least one event loop");
        }
    }
}
