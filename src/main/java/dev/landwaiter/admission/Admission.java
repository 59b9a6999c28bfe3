package dev.landwaiter.admission;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Deadline;
import java.util.Optional;

/** Answers AdmissionReviews: bytes in, bytes out. */
public interface Admission {
    /** A review of more bytes is not read where nobody may wait: its tree may be large, and takes its time. */
    int LARGE = 64 << 10;

    /**
     * The answer, an AdmissionReview in JSON, to {@code body}, one too. Blocks while registries are asked.
     *
     * @throws dev.landwaiter.failure.Failure {@code REVIEW_MALFORMED}, {@code REVIEW_TOO_LARGE}, {@code REVIEW_UNSUPPORTED} or {@code
     *     LIMIT_EXCEEDED} where it is no review that can be answered; {@code OVERLOADED} or {@code DEADLINE_EXCEEDED} where there was no
     *     room to read it in time; nothing else
     */
    byte[] review(byte[] body, Endpoint endpoint, Deadline deadline);

    /** As {@link #review}, but only where all that it needs is known already: never blocks; empty where it would have to. */
    Optional<byte[]> reviewIfKnown(byte[] body, Endpoint endpoint);

    /**
     * Tells whoever hears of decisions of a review that was refused before all of it was there: it was too large, came too slowly, or there was
     * no room for it. Never blocks.
     */
    void refused(Failure why, Endpoint endpoint);

    /**
     * On whose behalf {@code body} is sent: the namespace of its request, {@link Deadline#NOBODY} where that does not stand near its
     * beginning. Reads little and never blocks.
     */
    String tenant(byte[] body);
}
