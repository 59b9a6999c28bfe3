package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.registry.Registry;

/** The last tier: asks the registry each time, which itself sees to it that only those read who may. */
public record RegistryContent(Registry registry) implements ContentStore {
    @Override
    public OciDocument document(ImageReference pinned, Keychain.Found credential, Deadline deadline) {
        return registry.manifest(pinned, credential, deadline);
    }

    @Override
    public byte[] blob(
            ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline) {
        return registry.blob(repository, blob, limit, credential, deadline);
    }

    @Override
    public void invalidate() {
        // nothing is kept here
    }

    @Override
    public void invalidate(ImageReference reference) {
        // nothing is kept here
    }
}
