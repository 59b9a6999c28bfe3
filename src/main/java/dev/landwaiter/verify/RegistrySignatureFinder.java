package dev.landwaiter.verify;

import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.Set;

/** Looks in one repository for all forms of signature at the same time, each time anew: see {@link SignatureSearch}. */
final class RegistrySignatureFinder implements SignatureFinder {
    /** Of the time that is left, what the search may use: the rest is for judging what one source gave where the other hung. */
    private static final int PERCENT_OF_TIME = 90;

    private final ArtifactFetcher fetcher;
    private final Limits limits;

    RegistrySignatureFinder(ArtifactFetcher fetcher, Limits limits) {
        this.fetcher = fetcher;
        this.limits = limits;
    }

    @Override
    public Signatures find(Place place, Digest subject, Set<String> predicateTypes, Deadline deadline) {
        Deadline sooner = deadline.atMost(Duration.ofNanos(deadline.remaining().toNanos() / 100 * PERCENT_OF_TIME));
        return new SignatureSearch(fetcher, limits, place, subject, predicateTypes, sooner, deadline).run();
    }
}
