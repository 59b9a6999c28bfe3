package dev.landwaiter.kubernetes;

import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.Exemption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether an object has the effect that it was written for: its condition {@code Ready}.
 *
 * @param reason one word, for programs
 * @param message for people; cut where it is longer than Kubernetes takes
 */
record Standing(boolean ready, String reason, String message) {
    /** What Kubernetes allows for a condition's message. */
    private static final int MAX_MESSAGE = 32_768;

    Standing {
        message = Shown.of(message, MAX_MESSAGE - 1);
    }

    /** Of an object of {@code kind} that has {@code problem}, or none. */
    static Standing of(PolicyKind kind, @Nullable String problem) {
        return problem == null ? new Standing(true, "Ready", kind.good()) : new Standing(false, "Broken", problem);
    }

    /** Of an ImagePolicy that exceeds a limit, as {@code why} says. */
    static Standing beyond(String why) {
        return new Standing(false, "LimitExceeded", why);
    }

    /** Of an exception at {@code now}, which ends by itself. */
    static Standing of(Exemption exemption, Instant now) {
        return exemption.broken() || exemption.inForce(now)
                ? of(PolicyKind.IMAGE_POLICY_EXCEPTION, exemption.problem())
                : new Standing(
                        false,
                        "Expired",
                        "The exception has had no effect since %s. Delete it, or give spec.expires a later time where it is still needed."
                                .formatted(exemption.expires()));
    }
}
