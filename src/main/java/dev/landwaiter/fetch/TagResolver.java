package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.registry.Registry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What tags name, each for a credential identity: an answer is believed for a while and then confirmed by HEAD; a tag that moved is fetched
 * anew.
 */
final class TagResolver {
    private final ImageFetcher next;
    private final Registry registry;
    private final Memory memory;
    private final AccessProofs proofs;
    private final Duration ttl;
    private final LongSupplier nanoClock;
    private final TierListener listener;

    /**
     * Knows nothing yet.
     *
     * @param next asked for what is not known
     * @param registry asked whether a tag still names what it did
     * @param ttl how long an answer is believed
     */
    TagResolver(
            ImageFetcher next,
            Registry registry,
            Memory memory,
            AccessProofs proofs,
            Duration ttl,
            LongSupplier nanoClock,
            TierListener listener) {
        this.next = next;
        this.registry = registry;
        this.memory = memory;
        this.proofs = proofs;
        this.ttl = ttl;
        this.nanoClock = nanoClock;
        this.listener = listener;
    }

    /** What {@code tag}, of which {@code names} is known, names, if that is still believed; else null. */
    @Nullable
    Image known(MemoryKey.Tag tag, MemoryEntry.Names names, ImageReference reference) {
        return nanoClock.getAsLong() - names.until() < 0
                ? proofs.find(reference, names.digest(), tag.identity())
                : null;
    }

    /** What {@code tag} names by its registry, which is asked on behalf of {@code generation} of the memory. */
    Image ask(
            MemoryKey.Tag tag,
            ImageReference reference,
            Keychain.Found credential,
            Deadline deadline,
            long generation) {
        Image image = confirmed(tag, reference, credential, deadline).orElseGet(() -> {
            listener.miss();
            return next.resolve(reference, credential, deadline);
        });
        proofs.given(image, tag.identity(), generation);
        memory.put(tag, new MemoryEntry.Names(image.digest(), nanoClock.getAsLong() + ttl.toNanos()), generation);
        return image;
    }

    /** What the tag named before, if the registry says that it still does. */
    private Optional<Image> confirmed(
            MemoryKey.Tag tag, ImageReference reference, Keychain.Found credential, Deadline deadline) {
        if (!(memory.get(tag) instanceof MemoryEntry.Names names)) {
            return Optional.empty();
        }
        Image before = proofs.find(reference, names.digest(), tag.identity());
        if (before == null
                || !registry.headDigest(reference, credential, deadline).equals(Optional.of(names.digest()))) {
            return Optional.empty();
        }
        listener.revalidated();
        return Optional.of(before);
    }
}
