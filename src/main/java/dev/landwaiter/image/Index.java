package dev.landwaiter.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image index: manifests by platform.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md">OCI image specification, index</a>
 */
public record Index(
        Digest digest,
        String mediaType,
        String artifactType,
        List<Descriptor> manifests,
        @Nullable Descriptor refersTo,
        Map<String, String> annotations,
        long size)
        implements OciDocument {
    public Index {
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    @Override
    public Optional<Descriptor> subject() {
        return Optional.ofNullable(refersTo);
    }

    /**
     * The entries that a node should select: all but those that state a platform that no node has, as attestation manifests do. Labels are
     * looked for among them. What a node could be made to select is more: no verdict may rest on this.
     */
    public List<Descriptor> runnable() {
        return manifests.stream()
                .filter(entry -> entry.platform() == null || entry.platform().runnable())
                .toList();
    }
}
