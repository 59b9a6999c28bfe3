package dev.landwaiter.server;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;

/**
 * What all clients of one listener together may take up. Each listener has its own, so that none takes another's room.
 *
 * @param limits in force
 * @param body how large one body may be
 * @param bytesAtOnce what bodies may hold in memory together
 * @param waitingAtOnce how many requests may wait for registries or a cluster at once
 * @param connections how many may be open
 */
public record Budgets(Limits limits, Limit body, Limit bytesAtOnce, Limit waitingAtOnce, Limit connections) {
    /** Those of reviews. */
    public static Budgets ofReviews(Limits limits) {
        return new Budgets(
                limits,
                Limit.REVIEW_BYTES,
                Limit.REVIEW_BYTES_AT_ONCE,
                Limit.REQUESTS_AT_ONCE,
                Limit.CLIENT_CONNECTIONS);
    }

    /** {@code 'review-bytes' of 8388608 bytes}. */
    String shown(Limit limit) {
        return "'%s' of %d %s".formatted(limit.text(), limits.get(limit), limit.unit());
    }
}
