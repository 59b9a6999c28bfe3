package dev.landwaiter.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image manifest: of one platform's image, or of an artifact such as a signature.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md">OCI image specification, manifest</a>
 */
public record Manifest(
        Digest digest,
        String mediaType,
        String artifactType,
        Descriptor config,
        List<Descriptor> layers,
        @Nullable Descriptor refersTo,
        Map<String, String> annotations,
        long size)
        implements OciDocument {
    public Manifest {
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    @Override
    public Optional<Descriptor> subject() {
        return Optional.ofNullable(refersTo);
    }
}
