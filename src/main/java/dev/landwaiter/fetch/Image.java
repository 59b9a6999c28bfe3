package dev.landwaiter.fetch;

import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import org.jspecify.annotations.Nullable;

/**
 * What a reference named when it was resolved.
 *
 * @param reference as asked for
 * @param digest of what the reference names, for an index the index: this is pinned and verified
 * @param document the manifest or index of that digest
 * @param unconfirmed why the registry could not be asked whether the tag still names it, so that this is what it named last; null where it
 *     was asked, or where the reference has a digest
 */
public record Image(
        ImageReference reference,
        Digest digest,
        OciDocument document,
        @Nullable Failure unconfirmed) {
    /** One that the registry confirms. */
    public Image(ImageReference reference, Digest digest, OciDocument document) {
        this(reference, digest, document, null);
    }

    /** The same repository by the digest that was resolved. */
    public ImageReference pinned() {
        return reference.at(digest);
    }

    /** The same, as what the tag named last; it could not be confirmed for {@code why}. */
    Image unconfirmed(Failure why) {
        return new Image(reference, digest, document, why);
    }

    /** The same as of {@code other}, which names the same and may be written otherwise. */
    Image as(ImageReference other) {
        return reference.text().equals(other.text()) ? this : new Image(other, digest, document, unconfirmed);
    }

    /** The same, told to {@code asker}. */
    Image toldTo(Asker asker) {
        return unconfirmed == null ? this : unconfirmed(unconfirmed.toldTo(asker));
    }
}
