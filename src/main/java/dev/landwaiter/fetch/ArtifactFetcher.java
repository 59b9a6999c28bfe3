package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import java.util.Optional;

/**
 * What accompanies an image in its repository: signatures and other referrers. What it returns has been checked against its digest.
 * Blocking; every method throws {@link dev.landwaiter.failure.Failure} as {@link dev.landwaiter.registry.Registry} does.
 */
public interface ArtifactFetcher {
    /** The manifest or index that {@code reference} names; empty where the registry has none by that name. */
    Optional<OciDocument> findManifest(ImageReference reference, Keychain.Found credential, Deadline deadline);

    /** A blob of {@code repository} as a whole, at most {@code limit} of it. */
    byte[] blob(ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline);

    /** What refers to {@code subject}, each digest once, and what of it could not be read; an entry's artifact type is a hint only. */
    Partial<Descriptor> referrers(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline);
}
