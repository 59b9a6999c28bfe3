package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import java.time.Duration;

/**
 * Which verdicts are remembered, and how long.
 *
 * @param bytes about as much memory as they may take
 * @param verifiedFor how long a verified image is believed before its signatures are looked at anew
 * @param rejectedFor how long a refusal is given again without asking
 */
public record VerdictSettings(long bytes, Duration verifiedFor, Duration rejectedFor) {
    public VerdictSettings {
        if (bytes < 0 || verifiedFor.isNegative() || rejectedFor.isNegative()) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not set the memory of verdicts to %d bytes, %s for verified images and %s for refused ones: none may be below 0. Give 0 to keep nothing."
                            .formatted(bytes, verifiedFor, rejectedFor));
        }
    }

    /** 64 MiB, a day, 10 s. */
    public static VerdictSettings defaults() {
        return new VerdictSettings(
                Limit.REMEMBERED_VERDICT_BYTES.byDefault(), Duration.ofDays(1), Duration.ofSeconds(10));
    }
}
