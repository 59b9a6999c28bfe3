package dev.landwaiter.fetch;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;

/** What a failure says of the registry that was asked. */
final class Availability {
    private Availability() {}

    /**
     * Whether {@code failure} says that the registry could not be asked or did not answer in time, and nothing of the image.
     *
     * @param deadline of whoever asked, which has not passed if it was only the asking that took too long
     */
    static boolean lacking(Failure failure, Deadline deadline) {
        return switch (failure.code()) {
            case REGISTRY_UNREACHABLE,
                    REGISTRY_TLS_FAILED,
                    REGISTRY_TIMEOUT,
                    REGISTRY_RATE_LIMITED,
                    CREDENTIAL_RATE_LIMITED,
                    REGISTRY_UNAVAILABLE,
                    OVERLOADED -> true;
            case DEADLINE_EXCEEDED -> !deadline.expired();
            default -> false;
        };
    }

    /**
     * Whether GET may be answered where HEAD was answered by {@code failure}: it refuses, fails, keeps silent
     * or hangs up.
     *
     * @param deadline of whoever asks
     */
    static boolean getMayTell(Failure failure, Deadline deadline) {
        return switch (failure.code()) {
            case REGISTRY_TLS_FAILED,
                    REGISTRY_RATE_LIMITED,
                    CREDENTIAL_RATE_LIMITED,
                    OVERLOADED,
                    BUDGET_EXCEEDED,
                    INTERNAL_ERROR -> false;
            case DEADLINE_EXCEEDED -> !deadline.expired();
            default -> true;
        };
    }
}
