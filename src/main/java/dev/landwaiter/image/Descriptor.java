package dev.landwaiter.image;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest or index says of a piece of content.
 *
 * @param mediaType of the content
 * @param digest of the content
 * @param size in bytes, as stated: never allocate by it
 * @param platform of an index's entry, null where it states none
 * @param artifactType as stated, {@code ""} where absent; fallback indexes state wrong ones
 * @param annotations in no order
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md">OCI image specification, descriptors</a>
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        @Nullable Platform platform,
        String artifactType,
        Map<String, String> annotations) {
    public Descriptor {
        annotations = Map.copyOf(annotations);
    }

    /** One without platform, artifact type and annotations. */
    public static Descriptor of(String mediaType, Digest digest, long size) {
        return new Descriptor(mediaType, digest, size, null, "", Map.of());
    }
}
