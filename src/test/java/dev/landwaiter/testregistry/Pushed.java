package dev.landwaiter.testregistry;

import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;

/**
 * What was pushed.
 *
 * @param host the registry's host and port
 * @param tag under which it was pushed last, {@code ""} for none
 * @param size of the manifest in bytes
 */
public record Pushed(String host, String repository, String tag, Digest digest, String mediaType, long size) {
    /** By tag if it has one, else by digest. */
    public ImageReference reference() {
        return ImageReference.parse(text());
    }

    /** {@code host/repository:tag}, or by digest where it has no tag. */
    public String text() {
        return tag.isEmpty() ? pinned() : host + "/" + repository + ":" + tag;
    }

    /** {@code host/repository@digest}. */
    public String pinned() {
        return host + "/" + repository + "@" + digest;
    }

    public Descriptor descriptor() {
        return Descriptor.of(mediaType, digest, size);
    }
}
