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
 */
public record MemorySettings(long bytes, Duration tagTtl, Duration failureTtl) {
    public MemorySettings {
        if (bytes < 0 || tagTtl.isNegative() || failureTtl.isNegative()) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not set the memory tier to %d bytes, %s for tags and %s for failures: none may be below 0. Give 0 to keep nothing."
                            .formatted(bytes, tagTtl, failureTtl));
        }
    }

    /** 100 MiB, 10 s, 10 s. */
    public static MemorySettings defaults() {
        return new MemorySettings(100L << 20, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }
}
