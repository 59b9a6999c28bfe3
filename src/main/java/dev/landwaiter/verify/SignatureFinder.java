package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;

/** Finds all that may be a signature of a digest. Never throws for what a registry did: that is among what was found. */
@FunctionalInterface
interface SignatureFinder {
    /**
     * What was found, and what could not be read.
     *
     * @param repository in which to look; its tag and digest do not matter
     * @param subject whose signatures are wanted
     */
    Signatures find(ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline);
}
