package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.SingleFlight;
import dev.landwaiter.registry.Registry;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The memory tier. What a digest names is kept as long as there is room; a tag's answer is believed for a while and then confirmed by HEAD;
 * a failure is given again for a while, unless it was the asking request's own (a lack of time, budget or room) or a fault of ours. All of it
 * belongs to the credential that was shown. Of a failure the registry's answer alone is kept: where a credential came from, and what else was
 * tried, is told to each of themselves.
 *
 * <p>What is known is answered without waiting, on the calling thread. Of those who ask for the same unknown thing at the same time one asks
 * the next tier.
 */
public final class RememberingFetcher implements ImageFetcher {
    private final ImageFetcher next;
    private final Registry registry;
    private final MemorySettings settings;
    private final LongSupplier nanoClock;
    private final TierListener listener;
    private final Memory memory;
    private final SingleFlight<MemoryKey, Image> resolving;
    private final SingleFlight<MemoryKey, ImageDetails> detailing;

    /**
     * @param next asked for what is not known
     * @param registry asked whether a tag still names what it did
     * @param nanoClock counts like {@link System#nanoTime}
     */
    public RememberingFetcher(
            ImageFetcher next,
            Registry registry,
            MemorySettings settings,
            LongSupplier nanoClock,
            TierListener listener) {
        this.next = next;
        this.registry = registry;
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.memory = new Memory(settings.bytes());
        this.resolving = new SingleFlight<>(_ -> true, listener::joined);
        this.detailing = new SingleFlight<>(_ -> true, listener::joined);
    }

    @Override
    public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        try {
            return found(reference, credential, deadline);
        } catch (Failure e) {
            throw e.toldTo(credential.asker());
        }
    }

    private Image found(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        MemoryKey key = MemoryKey.of(reference, credential.credential().identity());
        Optional<Image> known = known(key, reference);
        if (known.isPresent()) {
            listener.hit();
            return known.get();
        }
        Image image = resolving.get(
                key,
                deadline,
                "the look-up of " + reference.text(),
                own -> known(key, reference)
                        .orElseGet(() -> remembered(key, generation -> {
                            Image found = confirmed(key, reference, credential, own)
                                    .orElseGet(() -> asked(reference, credential, own));
                            keep(key, found, generation);
                            return found;
                        })));
        return as(reference, image);
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
        resolving.forget();
        detailing.forget();
        next.invalidate();
    }

    /** About how many bytes of memory are taken. */
    public long bytes() {
        return memory.bytes();
    }

    /** What {@code key} names, if that is known and still believed; throws what is known to fail. */
    private Optional<Image> known(MemoryKey key, ImageReference reference) {
        return switch (memory.get(key)) {
            case MemoryEntry.Known known -> Optional.of(as(reference, known.image()));
            case MemoryEntry.Names names when believed(names.until()) -> content(key, names.digest(), reference);
            case MemoryEntry.Failed failed -> failed(failed);
            case MemoryEntry.Names names -> Optional.empty();
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

    private Optional<Image> content(MemoryKey ofTag, Digest digest, ImageReference reference) {
        return ofTag instanceof MemoryKey.Tag tag
                        && memory.get(MemoryKey.content(reference, digest, tag.identity()))
                                instanceof MemoryEntry.Known known
                ? Optional.of(as(reference, known.image()))
                : Optional.empty();
    }

    /** What a tag named before, if the registry says that it still does. */
    private Optional<Image> confirmed(
            MemoryKey key, ImageReference reference, Keychain.Found credential, Deadline deadline) {
        if (!(memory.get(key) instanceof MemoryEntry.Names names)) {
            return Optional.empty();
        }
        Optional<Image> before = content(key, names.digest(), reference);
        if (before.isEmpty()
                || !registry.headDigest(reference, credential, deadline).equals(Optional.of(names.digest()))) {
            return Optional.empty();
        }
        listener.revalidated();
        return before;
    }

    /** A tag beside a digest is only the asker's word for it: it is no part of the key, and must not come to stand in what others are told. */
    private Image asked(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        listener.miss();
        ImageReference bare = reference.digest().map(reference::at).orElse(reference);
        return as(reference, next.resolve(bare, credential, deadline));
    }

    /** Keeps {@code image} under its digest and, where it was asked for by tag, what the tag names. */
    private void keep(MemoryKey key, Image image, long generation) {
        switch (key) {
            case MemoryKey.Tag tag -> {
                memory.put(
                        MemoryKey.content(image.reference(), image.digest(), tag.identity()),
                        new MemoryEntry.Known(image),
                        generation);
                memory.put(
                        key,
                        new MemoryEntry.Names(
                                image.digest(), from(settings.tagTtl().toNanos())),
                        generation);
            }
            case MemoryKey.Content content -> memory.put(content, new MemoryEntry.Known(image), generation);
            case MemoryKey.Details details ->
                throw new IllegalArgumentException("an image is not kept under " + details);
        }
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

    /** The same image as of {@code reference}, which may be written otherwise than it was asked for first. */
    private static Image as(ImageReference reference, Image image) {
        return image.reference().text().equals(reference.text())
                ? image
                : new Image(reference, image.digest(), image.document());
    }

    /** Work on behalf of one generation of the memory. */
    @FunctionalInterface
    private interface Work<T> {
        T of(long generation);
    }
}
