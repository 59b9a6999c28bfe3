package dev.landwaiter.server;

import dev.landwaiter.settings.GoDuration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time that the API server gives: {@code ?timeout=10s}.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#timeouts">Timeouts</a>
 */
final class ReviewTimeout {
    /** Where the caller names none: the default of a webhook's {@code timeoutSeconds}. */
    static final Duration DEFAULT = Duration.ofSeconds(10);
    /** The most that {@code timeoutSeconds} allows. */
    static final Duration MOST = Duration.ofSeconds(30);

    private static final String NAME = "timeout=";

    private ReviewTimeout() {}

    /** The timeout that a query names, {@link #DEFAULT} where it names none, never more than {@link #MOST}. */
    static Duration of(@Nullable String query) {
        if (query == null) {
            return DEFAULT;
        }
        int at = query.startsWith(NAME) ? 0 : query.indexOf('&' + NAME) + 1;
        if (at == 0 && !query.startsWith(NAME)) {
            return DEFAULT;
        }
        int end = query.indexOf('&', at);
        String text = query.substring(at + NAME.length(), end < 0 ? query.length() : end);
        Duration named = GoDuration.find(text).orElse(DEFAULT);
        if (named.isZero()) {
            return DEFAULT;
        }
        return named.compareTo(MOST) > 0 ? MOST : named;
    }

    /** What is left for the decision once {@code margin} is kept back: at least half of it. */
    static Duration forDecision(Duration timeout, Duration margin) {
        Duration half = Duration.ofNanos(timeout.toNanos() / 2);
        Duration rest = timeout.minus(margin);
        return rest.compareTo(half) > 0 ? rest : half;
    }
}
