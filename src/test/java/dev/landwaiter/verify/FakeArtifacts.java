package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.CosignSigner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A repository's artifacts, in memory: what was asked is logged, and a hook may fail or wait. */
final class FakeArtifacts implements ArtifactFetcher {
    static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, OciDocument> manifests = new ConcurrentHashMap<>();
    private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<Digest, List<Descriptor>> referrers = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, Deadline> hook = (request, deadline) -> {};
    private volatile List<Failure> unlisted = List.of();
    private final Limits limits;

    FakeArtifacts() {
        this(Limits.defaults());
    }

    FakeArtifacts(Limits limits) {
        this.limits = limits;
    }

    /** Runs before each answer, with what is asked: {@code manifest …}, {@code blob …}, {@code referrers …}. */
    void before(Consumer<String> each) {
        hook = (request, deadline) -> each.accept(request);
    }

    /** Never answers what starts with {@code prefix}: the caller's client gives up when its time is over. */
    void hang(String prefix) {
        hook = (request, deadline) -> {
            if (request.startsWith(prefix)) {
                try {
                    if (!new CountDownLatch(1).await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                        throw deadline.exceeded(request);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw deadline.exceeded(request);
                }
            }
        };
    }

    /** Fails whatever request starts with {@code prefix}. */
    void fail(String prefix, Code code) {
        before(request -> {
            if (request.startsWith(prefix)) {
                throw new Failure(code, "Could not " + request + ": " + code + ".");
            }
        });
    }

    /** One of the two ways to list referrers fails with {@code code}. */
    void failOneWay(Code code) {
        unlisted = List.of(new Failure(code, "Could not list referrers: " + code + "."));
    }

    /** One more layer of the old form. */
    void simple(Digest image, byte[] payload, byte[] signature) {
        simple(image, payload, Map.of(SIGNATURE_ANNOTATION, Base64.getEncoder().encodeToString(signature)));
    }

    void simple(Digest image, byte[] payload, Map<String, String> annotations) {
        String tag = image.algorithm() + "-" + image.hex() + ".sig";
        List<Descriptor> layers = new ArrayList<>();
        if (manifests.get(tag) instanceof Manifest known) {
            layers.addAll(known.layers());
        }
        layers.add(blob(MediaType.SIMPLE_SIGNING, payload, annotations));
        manifests.put(tag, manifest(tag + layers.size(), layers));
    }

    /** One more attestation of the old form. */
    void attested(Digest image, byte[] envelope, Map<String, String> annotations) {
        String tag = image.algorithm() + "-" + image.hex() + ".att";
        List<Descriptor> layers = new ArrayList<>();
        if (manifests.get(tag) instanceof Manifest known) {
            layers.addAll(known.layers());
        }
        layers.add(blob("application/vnd.dsse.envelope.v1+json", envelope, annotations));
        manifests.put(tag, manifest(tag + layers.size(), layers));
    }

    /** One more referrer, whose manifest has {@code layers} and refers to {@code subject}. */
    void refer(
            Digest image,
            Digest subject,
            String descriptorsType,
            Map<String, String> annotations,
            Descriptor... layers) {
        refer(image, subject, descriptorsType, annotations, annotations, layers);
    }

    /** One more referrer, which its list describes by {@code listed}, where its manifest has {@code annotations}. */
    void refer(
            Digest image,
            String descriptorsType,
            Map<String, String> listed,
            Map<String, String> annotations,
            Descriptor... layers) {
        refer(image, image, descriptorsType, listed, annotations, layers);
    }

    private void refer(
            Digest image,
            Digest subject,
            String descriptorsType,
            Map<String, String> listed,
            Map<String, String> annotations,
            Descriptor... layers) {
        Manifest manifest = new Manifest(
                Digest.sha256((image + " " + referrers.size() + List.of(layers) + annotations)
                        .getBytes(StandardCharsets.UTF_8)),
                MediaType.OCI_MANIFEST,
                descriptorsType,
                Descriptor.of(MediaType.OCI_EMPTY, Digest.sha256(new byte[0]), 2),
                List.of(layers),
                Descriptor.of(MediaType.OCI_MANIFEST, subject, 1),
                annotations,
                1);
        manifests.put(manifest.digest().toString(), manifest);
        referrers
                .computeIfAbsent(image, digest -> new CopyOnWriteArrayList<>())
                .add(new Descriptor(MediaType.OCI_MANIFEST, manifest.digest(), 1, null, descriptorsType, listed));
    }

    /** One more referrer with {@code bundle}, as a fallback index lists it. */
    void bundle(Digest image, byte[] bundle) {
        refer(image, image, MediaType.OCI_EMPTY, Map.of(), blob(CosignSigner.BUNDLE, bundle, Map.of()));
    }

    Descriptor blob(String mediaType, byte[] content, Map<String, String> annotations) {
        Digest digest = Digest.sha256(content);
        blobs.put(digest, content);
        return new Descriptor(mediaType, digest, content.length, null, "", annotations);
    }

    void put(String identifier, OciDocument document) {
        manifests.put(identifier, document);
    }

    void referrer(Digest image, Descriptor entry) {
        referrers.computeIfAbsent(image, digest -> new CopyOnWriteArrayList<>()).add(entry);
    }

    private static Manifest manifest(String salt, List<Descriptor> layers) {
        return new Manifest(
                Digest.sha256(salt.getBytes(StandardCharsets.UTF_8)),
                MediaType.OCI_MANIFEST,
                "",
                Descriptor.of(MediaType.OCI_EMPTY, Digest.sha256(new byte[0]), 2),
                layers,
                null,
                Map.of(),
                1);
    }

    @Override
    public Optional<OciDocument> findManifest(ImageReference reference, Keychain.Found credential, Deadline deadline) {
        ask("manifest " + reference.identifier(), deadline);
        return Optional.ofNullable(manifests.get(reference.identifier()));
    }

    @Override
    public byte[] blob(
            ImageReference repository, Descriptor blob, Limit limit, Keychain.Found credential, Deadline deadline) {
        ask("blob " + blob.digest(), deadline);
        byte[] content = blobs.get(blob.digest());
        if (content == null) {
            throw new Failure(Code.IMAGE_NOT_FOUND, "Could not fetch blob " + blob.digest() + ": there is none.");
        }
        if (content.length > limits.get(limit)) {
            throw limits.exceeded(limit, "blob " + blob.digest());
        }
        return content;
    }

    @Override
    public Partial<Descriptor> referrers(
            ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        ask("referrers " + subject, deadline);
        return new Partial<>(referrers.getOrDefault(subject, List.of()), unlisted);
    }

    private void ask(String request, Deadline deadline) {
        asked.add(request);
        hook.accept(request, deadline);
    }
}
