package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.SingleFlight;
import dev.landwaiter.registry.Registry;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The memory tier: what a tag names ({@link TagResolver}), what was given to whom ({@link AccessProofs}), what images say of themselves, and
 * failures. A failure is given again for a while, unless it was the asking request's own (a lack of time, budget or room) or a fault of ours.
 * All of it belongs to the credential that was shown. Of a failure the registry's answer alone is kept: where a credential came from, and what
 * else was tried, is told to each of themselves.
 *
 * <p>What is known is answered without waiting, on the calling thread. Of those who ask for the same unknown thing at the same time one asks
 * the next tier.
 */
public final class RememberingFetcher implements ImageFetcher {
    private final ImageFetcher next;
    private final MemorySettings settings;
    private final LongSupplier nanoClock;
    private final TierListener listener;
    private final Memory memory;
    private final AccessProofs proofs;
    private final TagResolver tags;
    private final BackgroundAsks background;
    private final SingleFlight<MemoryKey, Image> resolving;
    private final SingleFlight<MemoryKey, ImageDetails> detailing;

    /**
     * @param next asked for what is not known
     * @param registry asked whether a tag still names what it did
     * @param nanoClock counts like {@link System#nanoTime}
     * @param background for what is asked while nobody waits
     */
    public RememberingFetcher(
            ImageFetcher next,
            Registry registry,
            MemorySettings settings,
            LongSupplier nanoClock,
            TierListener listener,
            BackgroundAsks background) {
        this.background = background;
        this.next = next;
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.memory = new Memory(settings.bytes());
        this.proofs = new AccessProofs(memory);
        this.tags = new TagResolver(next, registry, memory, proofs, settings, nanoClock, listener);
        this.resolving = new SingleFlight<>(_ -> true, listener::joined);
        this.detailing = new SingleFlight<>(_ -> true, listener::joined);
    }

    @Override
    public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        try {
            Image image = found(reference, credential, deadline);
            return image.unconfirmed() == null ? image : unconfirmed(image, credential);
        } catch (Failure e) {
            throw e.toldTo(credential.asker());
        }
    }

    private Image unconfirmed(Image image, Keychain.Found credential) {
        listener.unconfirmed();
        return image.toldTo(credential.asker());
    }

    private Image found(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        MemoryKey key = MemoryKey.of(reference, credential.credential().identity());
        Optional<Image> known = known(key, reference, credential, deadline.tenant());
        if (known.isPresent()) {
            listener.hit();
            return known.get();
        }
        Image image = resolving.get(
                key,
                deadline,
                "the look-up of " + reference.text(),
                own -> known(key, reference, credential, deadline.tenant())
                        .orElseGet(() ->
                                remembered(key, generation -> asked(key, reference, credential, own, generation))));
        return image.as(reference);
    }

    @Override
    public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
        try {
            return told(image, platform, credential, deadline);
        } catch (Failure e) {
            throw e.toldTo(credential.asker());
        }
    }

    private ImageDetails told(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
        ImageReference reference = image.reference();
        MemoryKey key = new MemoryKey.Details(
                reference.registry(),
                reference.repository(),
                image.digest(),
                platform,
                credential.credential().identity());
        Optional<ImageDetails> known = told(key);
        if (known.isPresent()) {
            listener.hit();
            return known.get();
        }
        return detailing.get(
                key,
                deadline,
                "the look-up of " + reference.text(),
                own -> told(key)
                        .orElseGet(() -> remembered(key, generation -> {
                            listener.miss();
                            ImageDetails details = next.details(image, platform, credential, own);
                            memory.put(key, new MemoryEntry.Told(details), generation);
                            return details;
                        })));
    }

    @Override
    public void invalidate() {
        memory.clear();
        tags.invalidate();
        resolving.forget();
        detailing.forget();
        next.invalidate();
    }

    @Override
    public void invalidate(ImageReference reference) {
        memory.clear(reference);
        resolving.forget();
        detailing.forget();
        next.invalidate(reference);
    }

    /** About how many bytes of memory are taken. */
    public long bytes() {
        return memory.bytes();
    }

    /** What {@code key} names, if that is known and still believed; throws what is known to fail. */
    private Optional<Image> known(MemoryKey key, ImageReference reference, Keychain.Found credential, String tenant) {
        return switch (memory.get(key)) {
            case MemoryEntry.Known known -> Optional.of(known.image().as(reference));
            case MemoryEntry.Names names -> named(key, names, reference, credential, tenant);
            case MemoryEntry.Failed failed -> failed(failed);
            case MemoryEntry.Told told -> Optional.empty();
            case null -> Optional.empty();
        };
    }

    private Optional<ImageDetails> told(MemoryKey key) {
        return switch (memory.get(key)) {
            case MemoryEntry.Told told -> Optional.of(told.details());
            case MemoryEntry.Failed failed -> failed(failed);
            case MemoryEntry.Known known -> Optional.empty();
            case MemoryEntry.Names names -> Optional.empty();
            case null -> Optional.empty();
        };
    }

    private <T> Optional<T> failed(MemoryEntry.Failed failed) {
        if (believed(failed.until())) {
            listener.hit();
            throw failed.failure();
        }
        return Optional.empty();
    }

    private Optional<Image> named(
            MemoryKey key,
            MemoryEntry.Names names,
            ImageReference reference,
            Keychain.Found credential,
            String tenant) {
        if (!(key instanceof MemoryKey.Tag tag)) {
            return Optional.empty();
        }
        Image image = tags.known(tag, names, reference, tenant);
        if (image == null) {
            return Optional.empty();
        }
        if (tags.due(names)) {
            askInBackground(tag, names, reference, credential, tenant);
        }
        return Optional.of(image.as(reference));
    }

    /** Asks on behalf of {@code tenant} what {@code tag} names now, once for all who are answered with what it named last. Never waits. */
    private void askInBackground(
            MemoryKey.Tag tag,
            MemoryEntry.Names names,
            ImageReference reference,
            Keychain.Found credential,
            String tenant) {
        background.room(tenant).ifPresent(place -> {
            if (!tags.begin(tag, names)) {
                place.close();
                return;
            }
            background.run(place, () -> {
                Deadline deadline = tags.background().onBehalfOf(tenant);
                Image _ = resolving.get(
                        tag,
                        deadline,
                        "the look-up of " + reference.text(),
                        own -> remembered(tag, generation -> asked(tag, reference, credential, own, generation)));
            });
        });
    }

    private Image asked(
            MemoryKey key, ImageReference reference, Keychain.Found credential, Deadline deadline, long generation) {
        return switch (key) {
            case MemoryKey.Tag tag -> tags.ask(tag, reference, credential, deadline, generation);
            case MemoryKey.Content content -> {
                listener.miss();
                // a tag beside a digest is only the asker's word for it, and must not come to stand in what others are
                // told
                ImageReference bare = reference.at(content.digest());
                Image image = next.resolve(bare, credential, deadline);
                proofs.given(image, content.identity(), generation);
                yield image.as(reference);
            }
            case MemoryKey.Details details ->
                throw new IllegalArgumentException("no image is asked for under " + details);
        };
    }

    /** Does {@code work}, and remembers its failure under {@code key} where that may be remembered. */
    private <T> T remembered(MemoryKey key, Work<T> work) {
        long generation = memory.generation();
        try {
            return work.of(generation);
        } catch (Failure e) {
            if (!e.code().ofOneRequest() && e.code() != Code.INTERNAL_ERROR) {
                memory.put(
                        key,
                        new MemoryEntry.Failed(
                                e.toldTo(Asker.NOBODY),
                                from(settings.failureTtl().toNanos())),
                        generation);
            }
            throw e;
        }
    }

    private long from(long nanos) {
        return nanoClock.getAsLong() + nanos;
    }

    private boolean believed(long until) {
        return nanoClock.getAsLong() - until < 0;
    }

    /** Work on behalf of one generation of the memory. */
    @FunctionalInterface
    private interface Work<T> {
        T of(long generation);
    }
}
