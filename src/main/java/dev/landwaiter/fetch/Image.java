package dev.landwaiter.fetch;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;

/**
 * What a reference named when it was resolved.
 *
 * @param reference as asked for
 * @param digest of what the reference names, for an index the index: this is pinned and verified
 * @param document the manifest or index of that digest
 */
public record Image(ImageReference reference, Digest digest, OciDocument document) {
    /** The same repository by the digest that was resolved. */
    public ImageReference pinned() {
        return reference.at(digest);
    }
}
