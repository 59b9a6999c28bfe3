package dev.landwaiter.fetch;

import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;

/** Under what something is kept. Every key holds the identity of the credential that was shown. */
sealed interface MemoryKey {
    /** A tag of a repository. */
    record Tag(String registry, String repository, String tag, CredentialIdentity identity) implements MemoryKey {}

    /** What a digest names in a repository. */
    record Content(String registry, String repository, Digest digest, CredentialIdentity identity)
            implements MemoryKey {}

    /** What one platform of it says. */
    record Details(String registry, String repository, Digest digest, Platform platform, CredentialIdentity identity)
            implements MemoryKey {}

    /** The key of what {@code reference} names: its digest if it has one, whatever the tag beside it. */
    static MemoryKey of(ImageReference reference, CredentialIdentity identity) {
        return reference
                .digest()
                .<MemoryKey>map(digest -> content(reference, digest, identity))
                .orElseGet(() -> new Tag(
                        reference.registry(),
                        reference.repository(),
                        reference.tag().orElse(ImageReference.DEFAULT_TAG),
                        identity));
    }

    static Content content(ImageReference repository, Digest digest, CredentialIdentity identity) {
        return new Content(repository.registry(), repository.repository(), digest, identity);
    }

    /** Whether it is of the repository of {@code reference}. */
    default boolean isOf(ImageReference reference) {
        return switch (this) {
            case Tag tag -> isOf(tag.registry(), tag.repository(), reference);
            case Content content -> isOf(content.registry(), content.repository(), reference);
            case Details details -> isOf(details.registry(), details.repository(), reference);
        };
    }

    private static boolean isOf(String registry, String repository, ImageReference reference) {
        return repository.equals(reference.repository()) && registry.equals(reference.registry());
    }
}
