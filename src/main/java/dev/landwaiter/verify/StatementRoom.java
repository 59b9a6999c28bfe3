package dev.landwaiter.verify;

import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shares;
import dev.landwaiter.sigstore.Bundle;
import java.util.function.Supplier;

/**
 * Room for the statements that conditions look into. A condition wants its statement whole, as a tree, and a tree takes up to twenty times the
 * memory of its bytes: so few large ones are judged at once, in turn for each tenant. Small ones, which nearly all are, need no turn. Safe for
 * use by many threads.
 */
final class StatementRoom {
    /** Of a payload whose tree is small whatever is in it: some 3 MB. */
    private static final int SMALL = 64 << 10;

    private final Shares large;

    StatementRoom(Limits limits) {
        int atOnce = limits.count(Limit.LARGE_STATEMENTS_AT_ONCE);
        this.large = new Shares(
                "large attestations that are being judged", atOnce, atOnce, limits.count(Limit.REQUESTS_AT_ONCE));
    }

    /**
     * What {@code judging} gives, once there is room for the statement of {@code attested}.
     *
     * @throws dev.landwaiter.failure.Failure {@code OVERLOADED} where none came in time
     */
    <T> T judge(Claim.Attested attested, Deadline deadline, Supplier<T> judging) {
        if (size(attested) <= SMALL) {
            return judging.get();
        }
        try (Shares.Permit _ = large.acquire(deadline, attested.where())) {
            return judging.get();
        }
    }

    private static int size(Claim.Attested attested) {
        return switch (attested.bundle().content()) {
            case Bundle.Content.Envelope envelope -> envelope.payload().length;
            case Bundle.Content.Message _, Bundle.Content.Plain _ -> 0;
        };
    }
}
