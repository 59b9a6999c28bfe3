package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.registry.Registry;
import java.util.Optional;

/** Asks the registry each time, but for blobs the content store. */
public record RegistryArtifactFetcher(Registry registry, ContentStore content) implements ArtifactFetcher {
    /** One that keeps no content. */
    public RegistryArtifactFetcher(Registry registry) {
        this(registry, new RegistryContent(registry));
    }

    @Override
    public Optional<OciDocument> findManifest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        return registry.findManifest(reference, credential, deadline);
    }

    @Override
    public byte[] blob(
            ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline) {
        return content.blob(repository, blob, limit, credential, deadline);
    }

    @Override
    public Partial<Descriptor> referrers(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        return registry.referrers(repository, subject, credential, deadline);
    }
}
