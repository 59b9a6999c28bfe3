package dev.landwaiter.verify;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Fault;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Parallel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * The second way in which an index counts as signed: it is not signed itself, but every manifest is that any reader could select from it.
 *
 * <p>Which that is, each reader decides by its own rules: containerd asks the configuration where an entry has no platform, lets the node's
 * system stand for one that is left out, does not mind case, and takes a 32-bit image where there is nothing else; others differ. So no entry
 * is excused by what it says of itself, for whoever pushes an index writes that. The one exception is what buildx attaches to nearly every
 * image, and is no image: an entry for exactly {@code unknown/unknown}, annotated as an attestation, whose manifest holds nothing but in-toto
 * statements. Its manifest is fetched to see that, and only where everything else is signed.
 *
 * @see <a href="https://github.com/moby/buildkit/blob/v0.25.0/docs/attestations/attestation-storage.md">how buildx stores attestations</a>
 */
final class EveryManifest {
    private static final String REFERENCE_TYPE = "vnd.docker.reference.type";
    private static final String ATTESTATION = "attestation-manifest";
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    /** How many manifests of one index are looked after at a time. */
    private static final int AT_ONCE = 4;

    private final Function<Digest, Verdict> judge;
    private final Function<Digest, Optional<OciDocument>> fetch;
    private final Deadline deadline;
    private final String what;

    /**
     * @param judge the verdict on one digest of the image's repository
     * @param fetch what a digest of that repository names; empty where there is nothing
     * @param image its reference by digest, for messages
     */
    EveryManifest(
            Function<Digest, Verdict> judge,
            Function<Digest, Optional<OciDocument>> fetch,
            Deadline deadline,
            String image) {
        this.judge = judge;
        this.fetch = fetch;
        this.deadline = deadline;
        this.what = "the verification of every manifest of " + image;
    }

    /** The verdict on {@code index}, of which {@code itself} was said. */
    Verdict of(Index index, Verdict.Rejected itself) {
        Set<Digest> images = new LinkedHashSet<>();
        Set<Digest> attestations = new LinkedHashSet<>();
        for (Descriptor entry : index.manifests()) {
            if (MediaType.isIndex(entry.mediaType())) {
                return Verdicts.ofIndexWithin(itself, entry.digest());
            }
            (isSaidToBeAttestation(entry) ? attestations : images).add(entry.digest());
        }
        attestations.removeAll(images);
        List<Judged> judged = new ArrayList<>(all(images, digest -> Optional.of(judged(digest, ""))));
        boolean refused = judged.stream().anyMatch(one -> one.verdict() instanceof Verdict.Rejected);
        if (!images.isEmpty() && !refused) {
            judged.addAll(all(attestations, this::unlessAttestation));
        }
        return Verdicts.ofIndex(itself, judged);
    }

    /**
     * A manifest and the verdict on it.
     *
     * @param note why it had to have one although it is said to be an attestation, {@code ""} for an image
     */
    record Judged(Digest manifest, Verdict verdict, String note) {
        /** For a message: its digest, and what is the matter with it. */
        String told() {
            return note.isEmpty()
                    ? manifest.toString()
                    : "%s, which is annotated as an attestation but %s".formatted(manifest, note);
        }
    }

    private static boolean isSaidToBeAttestation(Descriptor entry) {
        return entry.platform() != null
                && entry.platform().none()
                && ATTESTATION.equals(entry.annotations().get(REFERENCE_TYPE));
    }

    private List<Judged> all(Collection<Digest> manifests, Function<Digest, Optional<Judged>> judging) {
        List<Callable<Optional<Judged>>> tasks = new ArrayList<>();
        for (Digest manifest : manifests) {
            tasks.add(() -> judging.apply(manifest));
        }
        return Parallel.all(tasks, AT_ONCE, deadline, what).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Judged judged(Digest manifest, String note) {
        return new Judged(manifest, judge.apply(manifest), note);
    }

    /** What is no attestation must be signed like an image. What is not there, or cannot be read, is none. */
    private Optional<Judged> unlessAttestation(Digest manifest) {
        Optional<OciDocument> document;
        try {
            document = fetch.apply(manifest);
        } catch (Failure e) {
            return Optional.of(
                    e.code().fault() == Fault.USER
                            ? judged(manifest, "cannot be read (%s)".formatted(e.code()))
                            : new Judged(manifest, Verdict.of(e), ""));
        }
        if (document.isEmpty()) {
            return Optional.of(judged(manifest, "is not there"));
        }
        return document.filter(EveryManifest::isAttestation).isPresent()
                ? Optional.empty()
                : Optional.of(judged(manifest, "does not hold in-toto statements alone"));
    }

    private static boolean isAttestation(OciDocument document) {
        return document instanceof Manifest manifest
                && !manifest.layers().isEmpty()
                && manifest.layers().stream()
                        .allMatch(layer -> layer.mediaType().equals(IN_TOTO));
    }
}
