package dev.landwaiter.fetch;

import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import org.jspecify.annotations.Nullable;

/**
 * Who has proved that they may read what. A repository's answer to a credential identity is the proof, for the digest that it gave; it counts
 * as long as there is room to remember it, because the digest's content can no longer be taken from whoever has it. Beside each proof stands
 * what was given, so that one look-up answers both questions.
 */
final class AccessProofs {
    private final Memory memory;

    AccessProofs(Memory memory) {
        this.memory = memory;
    }

    /** What {@code digest} names in {@code repository}, where that was given to {@code identity}; null where it was not. */
    @Nullable
    Image find(ImageReference repository, Digest digest, CredentialIdentity identity) {
        return memory.get(MemoryKey.content(repository, digest, identity)) instanceof MemoryEntry.Known known
                ? known.image()
                : null;
    }

    /** {@code image} was given to {@code identity} by its repository, on behalf of {@code generation} of the memory. */
    void given(Image image, CredentialIdentity identity, long generation) {
        memory.put(
                MemoryKey.content(image.reference(), image.digest(), identity),
                new MemoryEntry.Known(image),
                generation);
    }
}
