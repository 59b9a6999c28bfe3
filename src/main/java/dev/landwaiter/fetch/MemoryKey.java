package dev.landwaiter.fetch;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;

/** Under what something is kept. Every key holds the identity of the credential that was shown. */
sealed interface MemoryKey {
    /** A tag of a repository. */
    record Tag(String registry, String repository, String tag, String identity) implements MemoryKey {}

    /** What a digest names in a repository. */
    record Content(String registry, String repository, Digest digest, String identity) implements MemoryKey {}

    /** What one platform of it says. */
    record Details(String registry, String repository, Digest digest, Platform platform, String identity)
            implements MemoryKey {}

    /** The key of what {@code reference} names: its digest if it has one, whatever the tag beside it. */
    static MemoryKey of(ImageReference reference, String identity) {
        return reference
                .digest()
                .<MemoryKey>map(digest -> content(reference, digest, identity))
                .orElseGet(() -> new Tag(
                        reference.registry(),
                        reference.repository(),
                        reference.tag().orElse(ImageReference.DEFAULT_TAG),
                        identity));
    }

    static Content content(ImageReference repository, Digest digest, String identity) {
        return new Content(repository.registry(), repository.repository(), digest, identity);
    }
}
