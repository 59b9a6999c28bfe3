package dev.landwaiter.fetch;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.time.Duration;

/**
 * What the memory tier keeps, and how long.
 *
 * @param bytes about as much memory as it may take
 * @param tagTtl how long a tag's answer is believed before the registry is asked whether it still holds
 * @param failureTtl how long a failure is given again without asking
 * @param tagGrace how long what a tag named last serves while its registry is unavailable, from when the registry last confirmed it
 */
public record MemorySettings(long bytes, Duration tagTtl, Duration failureTtl, Duration tagGrace) {
    public MemorySettings {
        if (bytes < 0 || tagTtl.isNegative() || failureTtl.isNegative() || tagGrace.isNegative()) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not set the memory tier to %d bytes, %s for tags, %s for failures and %s for tags of unavailable registries: none may be below 0. Give 0 to keep nothing."
                            .formatted(bytes, tagTtl, failureTtl, tagGrace));
        }
    }

    /** 100 MiB, 10 s, 10 s, 1 h. */
    public static MemorySettings defaults() {
        return new MemorySettings(100L << 20, Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofHours(1));
    }
}
