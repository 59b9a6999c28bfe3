package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;

/**
 * What digests name. It never changes, so whoever keeps it has nothing to confirm; what it gives has been checked against its digest.
 *
 * <p>Tiers decorate each other: each asks the next for what it has not. A tier that keeps content for more than one credential identity gives
 * it only to those who have proved that they may read the repository ({@link AccessProofs}). Blocking; every method throws {@link
 * dev.landwaiter.failure.Failure} as {@link dev.landwaiter.registry.Registry} does.
 */
public interface ContentStore {
    /** The manifest or index that {@code pinned} names, by its digest. */
    OciDocument document(ImageReference pinned, Keychain.Found credential, Deadline deadline);

    /** A blob of {@code repository} (whose tag and digest do not matter) as a whole, at most {@code limit} of it. */
    byte[] blob(ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline);

    /** Forgets everything, in every tier. */
    void invalidate();

    /** Forgets what the repository of {@code reference} holds, in every tier. */
    void invalidate(ImageReference reference);
}
