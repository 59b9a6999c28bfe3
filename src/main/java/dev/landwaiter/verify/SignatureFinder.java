package dev.landwaiter.verify;

import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import java.util.Set;

/** Finds all that may be a signature or attestation of a digest. Never throws for what a registry did: that is among what was found. */
@FunctionalInterface
interface SignatureFinder {
    /**
     * What was found, and what could not be read.
     *
     * @param subject whose signatures are wanted
     * @param predicateTypes of the attestations that are wanted too; where there are none, the old form's are not looked for
     */
    Signatures find(Place place, Digest subject, Set<String> predicateTypes, Deadline deadline);
}
