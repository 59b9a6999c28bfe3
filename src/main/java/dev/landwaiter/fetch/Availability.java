package dev.landwaiter.fetch;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;

/** Tells a registry that is unavailable from one that refuses. */
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
}
