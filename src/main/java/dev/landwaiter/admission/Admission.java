package dev.landwaiter.admission;

import dev.landwaiter.limit.Deadline;
import java.util.Optional;

/** Answers AdmissionReviews: bytes in, bytes out. */
public interface Admission {
    /**
     * The answer, an AdmissionReview in JSON, to {@code body}, one too. Blocks while registries are asked.
     *
     * @throws dev.landwaiter.failure.Failure {@code REVIEW_MALFORMED}, {@code REVIEW_TOO_LARGE}, {@code REVIEW_UNSUPPORTED} or {@code
     *     LIMIT_EXCEEDED} where it is no review that can be answered; nothing else
     */
    byte[] review(byte[] body, Endpoint endpoint, Deadline deadline);

    /** As {@link #review}, but only where all that it needs is known already: never blocks; empty where it would have to. */
    Optional<byte[]> reviewIfKnown(byte[] body, Endpoint endpoint);
}
