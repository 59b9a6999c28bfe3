package dev.landwaiter.kubernetes;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the API server takes our requests, those of watches among them: whether it can be reached and accepts the token, since when not, and how
 * often it did not, by cause.
 */
public final class Contact implements ObservedHttpClient.Observer {
    private static final Logger LOG = LoggerFactory.getLogger(Contact.class);
    private static final int MOST_PATHS = 1_000;
    private static final int MOST_CAUSES = 16;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final String address;
    private final InstantSource clock;
    private final Map<Cause, LongAdder> counts = new EnumMap<>(Cause.class);
    /** Why the last request to a path failed; of paths that were asked for in vain last. */
    private final Cache<String, String> failures = Caffeine.newBuilder()
            .maximumSize(MOST_PATHS)
            .executor(Runnable::run)
            .build();

    private volatile @Nullable Trouble trouble;
    private volatile @Nullable Cause told;
    private volatile boolean closed;

    /** Why the API server did not do what was asked. */
    public enum Cause {
        /** 401: it does not accept the token, or the client certificate. */
        UNAUTHORIZED,
        /** 403: a right is missing. */
        FORBIDDEN,
        /** There was no answer. */
        UNREACHABLE;

        /** As metrics name it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Something that all requests meet.
     *
     * @param since when it was that cause
     * @param begun since when it was that cause or another
     */
    private record Trouble(Cause cause, Instant since, Instant begun, String why) {}

    /**
     * Nothing was asked yet.
     *
     * @param address of the API server, for messages
     */
    Contact(String address, InstantSource clock) {
        this.address = address;
        this.clock = clock;
        for (Cause cause : Cause.values()) {
            counts.put(cause, new LongAdder());
        }
    }

    @Override
    public void answered(URI uri, int status) {
        if (status < 400) {
            failures.invalidate(uri.getPath());
        } else {
            failures.put(uri.getPath(), why(status));
        }
        if (status == UNAUTHORIZED) {
            add(Cause.UNAUTHORIZED);
            met(Cause.UNAUTHORIZED, why(status));
        } else if (status < SERVER_ERROR && status != TOO_MANY_REQUESTS) {
            if (status == FORBIDDEN) {
                add(Cause.FORBIDDEN);
            }
            trouble = null;
        }
    }

    @Override
    public void failed(URI uri, Throwable thrown) {
        if (closed || thrown instanceof CancellationException) {
            return;
        }
        String why = why(thrown);
        failures.put(uri.getPath(), why);
        add(Cause.UNREACHABLE);
        met(Cause.UNREACHABLE, why);
    }

    private void add(Cause cause) {
        LongAdder of = counts.get(cause);
        if (of != null) {
            of.increment();
        }
    }

    private synchronized void met(Cause cause, String why) {
        Trouble before = trouble;
        Instant now = clock.instant();
        trouble = before == null
                ? new Trouble(cause, now, now, why)
                : new Trouble(cause, before.cause() == cause ? before.since() : now, before.begun(), why);
    }

    /** How often it was that. */
    public long count(Cause cause) {
        LongAdder of = counts.get(cause);
        return of == null ? 0 : of.sum();
    }

    /** Why the last request whose path ends so failed, if it did. */
    Optional<String> failure(String path) {
        return failures.asMap().entrySet().stream()
                .filter(one -> one.getKey().endsWith(path))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** That it refuses all that we ask or cannot be reached, if it has been so for longer than a moment. */
    public Optional<String> problem() {
        Trouble now = trouble;
        if (now == null || !lasts(now.begun())) {
            return Optional.empty();
        }
        // where causes take turns, none of them lasts, and all the same nothing was answered since the first
        Instant from = lasts(now.since()) ? now.since() : now.begun();
        String since = new Liveness.Trouble(from, Duration.between(from, clock.instant()), now.why(), true).text();
        return Optional.of(
                now.cause() == Cause.UNREACHABLE
                        ? "the API server at %s has not been reachable %s".formatted(address, since)
                        : "the API server at %s has refused the webhook %s".formatted(address, since));
    }

    private boolean lasts(Instant since) {
        return Duration.between(since, clock.instant()).compareTo(Liveness.GRACE) >= 0;
    }

    /** Says in the log what {@link #problem} says, once until it changes. */
    synchronized void tell() {
        Optional<String> problem = problem();
        Trouble now = trouble;
        @Nullable Cause cause = problem.isEmpty() || now == null ? null : now.cause();
        boolean takesTurns = cause != null && told != null && now != null && !lasts(now.since());
        if (cause == told || takesTurns) {
            return;
        }
        told = cause;
        if (cause == null) {
            LOG.info("The API server at {} answers again", address);
        } else {
            LOG.error(
                    "{}. What was read last stays in force, and pull secrets cannot be read; trying again until it works",
                    capital(problem.orElse("")));
        }
    }

    private static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** From now on requests fail because this program ends. */
    void close() {
        closed = true;
    }

    /** What an HTTP status means, for people. */
    static String why(int status) {
        return switch (status) {
            case UNAUTHORIZED ->
                "the API server answered 401, because it does not accept the webhook's token or client certificate: it has"
                        + " expired, or its ServiceAccount was deleted or created again";
            case FORBIDDEN -> "the API server answered 403, because the right to read it is missing";
            default -> "the API server answered " + status;
        };
    }

    /** The same for a policy's status, which whoever may read the policy sees: of no answer no more than that; {@code status} is then 0 or less. */
    static String whyUnread(int status) {
        return status > 0 ? why(status) : "the API server does not answer";
    }

    /** Why there was no answer, for people. */
    static String why(Throwable thrown) {
        Throwable root = thrown;
        boolean connecting = thrown instanceof ConnectException;
        for (int i = 0; i < MOST_CAUSES && root.getCause() != null; i++) {
            if (root instanceof SSLException || root instanceof HttpTimeoutException) {
                break;
            }
            root = root.getCause();
            connecting |= root instanceof ConnectException;
        }
        return switch (root) {
            case SSLException tls -> "TLS failed: " + tls.getMessage();
            case HttpTimeoutException _ -> "it did not answer in time";
            case UnknownHostException _ -> "its name cannot be looked up";
            case UnresolvedAddressException _ -> "its name cannot be looked up";
            case ConnectException refused
            when refused.getMessage() != null -> refused.getMessage().toLowerCase(Locale.ROOT);
            default ->
                connecting
                        ? "connection refused"
                        : "no answer (" + root.getClass().getSimpleName() + ")";
        };
    }
}
