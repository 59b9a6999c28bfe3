package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;

/**
 * From a reference to an image. Implementations decorate each other: each tier asks the next where it does not know. Blocking; every
 * method throws {@link dev.landwaiter.failure.Failure} as {@link dev.landwaiter.registry.Registry} does.
 */
public interface ImageFetcher {
    /** Resolves {@code reference}: tag to digest, digest to manifest. */
    Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline);

    /** The configuration of {@code image} for {@code platform}: its labels. */
    ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline);

    /** Forgets everything, in every tier. */
    void invalidate();

    /** Forgets what {@code reference}'s repository holds and what its tags name, for every credential and in every tier. */
    default void invalidate(ImageReference reference) {
        invalidate();
    }
}
