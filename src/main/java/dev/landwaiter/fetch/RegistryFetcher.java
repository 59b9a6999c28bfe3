package dev.landwaiter.fetch;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.ImageConfig;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads images: asks the registry what a tag names, and the content store for the rest. Where neither keeps anything, an image costs one request; its labels cost one or two more, and one for each index within an index. */
public final class RegistryFetcher implements ImageFetcher {
    private final Registry registry;
    private final ContentStore content;
    private final Limits limits;

    /** One that keeps no content. */
    public RegistryFetcher(Registry registry, Limits limits) {
        this(registry, new RegistryContent(registry), limits);
    }

    /**
     * An image is read from {@code content} where its digest is known.
     *
     * @param registry asked what a tag names
     */
    public RegistryFetcher(Registry registry, ContentStore content, Limits limits) {
        this.registry = registry;
        this.content = content;
        this.limits = limits;
    }

    @Override
    public Image resolve(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        OciDocument document = reference.digest().isPresent()
                ? content.document(reference, credential, deadline)
                : registry.manifest(reference, credential, deadline);
        return new Image(reference, document.digest(), document);
    }

    @Override
    public ImageDetails details(Image image, Platform platform, Keychain.Found credential, Deadline deadline) {
        Manifest manifest = switch (image.document()) {
            case Manifest itself -> itself;
            case Index index -> ofPlatform(index, image.reference(), platform, credential, deadline);
        };
        if (!MediaType.isImageConfig(manifest.config().mediaType())) {
            return new ImageDetails(manifest.digest(), ImageConfig.NONE);
        }
        byte[] config = content.blob(image.reference(), manifest.config(), Limit.CONFIG_BYTES, credential, deadline);
        return new ImageDetails(
                manifest.digest(),
                ImageConfig.parse(
                        config, limits, "configuration of " + image.reference().canonical()));
    }

    @Override
    public void invalidate() {
        content.invalidate();
    }

    @Override
    public void invalidate(ImageReference reference) {
        content.invalidate(reference);
    }

    private Manifest ofPlatform(
            Index index, ImageReference reference, Platform platform, Keychain.Found credential, Deadline deadline) {
        List<Descriptor> entries = runnable(index, reference, credential, deadline);
        Descriptor selected = entries.stream()
                .filter(entry -> entry.platform() != null && platform.accepts(entry.platform()))
                .findFirst()
                .or(() -> entries.stream().findFirst())
                .orElseThrow(() -> new Failure(
                        Code.PLATFORM_NOT_FOUND,
                        "Could not read the labels of %s: its index names no image that a node could run. Push it for %s."
                                .formatted(reference.canonical(), platform)));
        OciDocument document = content.document(reference.at(selected.digest()), credential, deadline);
        return switch (document) {
            case Manifest manifest -> manifest;
            case Index hidden ->
                throw new Failure(
                        Code.MANIFEST_MALFORMED,
                        "Could not read the labels of %s: its index names %s as a manifest, but that is an index. Push the image again."
                                .formatted(reference.canonical(), hidden.digest()));
        };
    }

    /** The entries whose labels may be asked for, those of indexes within it included. */
    private List<Descriptor> runnable(
            Index index, ImageReference reference, Keychain.Found credential, Deadline deadline) {
        List<Descriptor> entries = new ArrayList<>();
        collect(index, 1, entries, reference, credential, deadline);
        return entries;
    }

    private void collect(
            Index index,
            int level,
            List<Descriptor> into,
            ImageReference reference,
            Keychain.Found credential,
            Deadline deadline) {
        for (Descriptor entry : index.runnable()) {
            Optional<Index> nested = nested(entry, level, reference, credential, deadline);
            if (nested.isPresent()) {
                collect(nested.get(), level + 1, into, reference, credential, deadline);
            } else {
                into.add(entry);
            }
            if (into.size() > limits.get(Limit.INDEX_MANIFESTS)) {
                throw limits.exceeded(Limit.INDEX_MANIFESTS, "index of " + reference.canonical());
            }
        }
    }

    private Optional<Index> nested(
            Descriptor entry, int level, ImageReference reference, Keychain.Found credential, Deadline deadline) {
        if (!MediaType.isIndex(entry.mediaType())) {
            return Optional.empty();
        }
        if (level >= limits.get(Limit.INDEX_DEPTH)) {
            throw limits.exceeded(Limit.INDEX_DEPTH, "index of " + reference.canonical());
        }
        return Optional.of(content.document(reference.at(entry.digest()), credential, deadline))
                .filter(Index.class::isInstance)
                .map(Index.class::cast);
    }
}
