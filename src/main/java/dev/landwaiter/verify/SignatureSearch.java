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
import dev.landwaiter.limit.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One search of one repository for what may be a signature or attestation of one digest, in all forms at the same time: the old one under the
 * tag {@code sha256-<hex>.sig} (manifest, then payloads: two answers one after the other), attestations of the old form under {@code
 * sha256-<hex>.att}, where they are wanted, and whatever refers to the image (list, manifests, bundles: three).
 *
 * <p>What a layer is taken for is its own media type's doing; what annotations and artifact types state only says what to read first, see
 * {@link Likelihood}. A part that fails is told beside what the others gave.
 */
final class SignatureSearch {
    /** How many requests of one form run at a time for one image: few enough to leave connections for other images. */
    private static final int AT_ONCE = 8;
    /** What a tag may have at most: the old form does not exist for SHA-512. */
    private static final int MAX_TAG = 128;

    private final ArtifactFetcher fetcher;
    private final Limits limits;
    private final Place place;
    private final ImageReference repository;
    private final Digest subject;
    private final Keychain.Found credential;
    private final Set<String> predicateTypes;
    private final Deadline deadline;
    private final Deadline whole;
    private final ClaimReader reader;
    private final ReadingRoom room;
    private final String image;

    /**
     * @param predicateTypes of the attestations that are wanted
     * @param deadline of each request
     * @param whole for waiting until all requests have ended, be it by their deadline
     */
    SignatureSearch(
            ArtifactFetcher fetcher,
            Limits limits,
            Place place,
            Digest subject,
            Set<String> predicateTypes,
            Deadline deadline,
            Deadline whole) {
        this.fetcher = fetcher;
        this.limits = limits;
        this.place = place;
        this.repository = place.repository();
        this.subject = subject;
        this.credential = place.credential();
        this.predicateTypes = predicateTypes;
        this.deadline = deadline;
        this.whole = whole;
        this.reader = new ClaimReader(subject, limits);
        this.room = new ReadingRoom(limits);
        this.image = repository.name() + "@" + subject;
    }

    /** A layer that may hold a signature, and where it was found. */
    private record Candidate(Descriptor layer, String where) {}

    Signatures run() {
        List<Supplier<Signatures>> sources = new ArrayList<>();
        sources.add(() -> underTag(".sig", SignatureSearch::isSimple));
        if (!predicateTypes.isEmpty()) {
            sources.add(() -> underTag(".att", layer -> ClaimReader.isEnvelope(layer.mediaType())));
        }
        sources.add(this::amongReferrers);
        Partial<Signatures> found = together(sources, Supplier::get);
        Signatures all = Signatures.NONE;
        for (Signatures source : found.found()) {
            all = all.and(source);
        }
        return all.and(new Signatures(List.of(), found.failures(), room.taken()));
    }

    private Signatures underTag(String suffix, Predicate<Descriptor> kind) {
        String tag = place.tag(subject, suffix);
        if (tag.length() > MAX_TAG) {
            return Signatures.NONE;
        }
        String where = "tag " + tag;
        List<Listed<Candidate>> candidates = new ArrayList<>();
        document(repository.withTag(tag)).ifPresent(document -> add(document, where, kind, candidates));
        return read(candidates, where, new ArrayList<>(), 0);
    }

    private Signatures amongReferrers() {
        Partial<Descriptor> referrers = fetcher.referrers(repository, subject, credential, deadline);
        List<Listed<Descriptor>> entries = new ArrayList<>();
        for (Descriptor entry : referrers.found()) {
            // a document of another kind can hold no signature
            if (entry.mediaType().isEmpty() || MediaType.isManifest(entry.mediaType())) {
                entries.add(new Listed<>(entry, Likelihood.ofReferrer(entry, entries.size(), predicateTypes)));
            }
        }
        List<Failure> failures = new ArrayList<>(referrers.failures());
        Listed.Choice<Descriptor> chosen = choose(entries, failures);
        Partial<Listed<Optional<OciDocument>>> documents = together(
                chosen.read(),
                entry -> new Listed<>(document(repository.at(entry.value().digest())), entry.likelihood()));
        failures.addAll(documents.failures());
        List<Listed<Candidate>> candidates = new ArrayList<>();
        for (Optional<OciDocument> document : Listed.inOrder(documents.found())) {
            document.filter(this::refersToSubject)
                    .ifPresent(one -> add(
                            one,
                            "referrer " + one.digest(),
                            layer -> isSimple(layer) || ClaimReader.isBundle(layer.mediaType()),
                            candidates));
        }
        return read(candidates, "the list of referrers", failures, chosen.unlikely());
    }

    private boolean refersToSubject(OciDocument document) {
        return document.subject().map(to -> to.digest().equals(subject)).orElse(false);
    }

    /** Empty where there is none by that name, or a document of another kind, which can hold no signature. */
    private Optional<OciDocument> document(ImageReference reference) {
        try {
            return fetcher.findManifest(reference, credential, deadline);
        } catch (Failure e) {
            if (e.code() == Code.MEDIA_TYPE_UNSUPPORTED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void add(OciDocument document, String where, Predicate<Descriptor> kind, List<Listed<Candidate>> to) {
        if (document instanceof Manifest manifest) {
            Map<String, String> annotations = manifest.annotations();
            for (Descriptor layer : manifest.layers()) {
                if (kind.test(layer)) {
                    Likelihood likelihood = Likelihood.ofLayer(layer, annotations, to.size(), predicateTypes);
                    to.add(new Listed<>(new Candidate(layer, where), likelihood));
                }
            }
        }
    }

    private static boolean isSimple(Descriptor layer) {
        return layer.mediaType().equals(MediaType.SIMPLE_SIGNING);
    }

    /**
     * The claims of the candidates that there is room for.
     *
     * @param failures so far
     * @param unread how many things were left out so far that state to be something else
     */
    private Signatures read(List<Listed<Candidate>> candidates, String where, List<Failure> failures, int unread) {
        Listed.Choice<Candidate> few = choose(candidates, failures);
        Listed.Choice<Candidate> small = Listed.Choice.of(
                few.read(),
                one -> room.take(one.value().layer().size(), one.likelihood().likely()));
        if (small.likely() > 0) {
            failures.add(limits.exceeded(Limit.SIGNATURES_BYTES, "all signatures of " + image));
        }
        Partial<Listed<Claim>> claims =
                together(small.read(), one -> new Listed<>(claim(one.value()), one.likelihood()));
        failures.addAll(claims.failures());
        List<Claim> all = new ArrayList<>(Listed.inOrder(claims.found()));
        int others = unread + few.unlikely() + small.unlikely();
        if (others > 0) {
            all.add(new Claim.Unread(where, others));
        }
        return new Signatures(all, failures, 0);
    }

    /** As many as one image may have in one form; that there are more that may be asked for is a failure. */
    private <T> Listed.Choice<T> choose(List<Listed<T>> all, List<Failure> failures) {
        int most = limits.count(Limit.SIGNATURES);
        int[] taken = {0};
        Listed.Choice<T> choice = Listed.Choice.of(all, one -> taken[0]++ < most);
        if (choice.likely() > 0) {
            failures.add(limits.exceeded(Limit.SIGNATURES, "all signatures of " + image));
        }
        return choice;
    }

    private Claim claim(Candidate candidate) {
        Descriptor layer = candidate.layer();
        byte[] content = fetcher.blob(repository, layer, Limit.SIGNATURE_BYTES, credential, deadline);
        if (isSimple(layer)) {
            return reader.simple(layer, content, candidate.where());
        }
        return ClaimReader.isEnvelope(layer.mediaType())
                ? reader.attestation(layer, content, candidate.where())
                : reader.bundle(content, candidate.where());
    }

    /** What {@code reading} gives of each of {@code entries}, at the same time; a failure of one is told beside what the others gave. */
    private <E, T> Partial<T> together(List<E> entries, Function<E, T> reading) {
        List<Callable<Partial<T>>> tasks = new ArrayList<>();
        for (E entry : entries) {
            tasks.add(() -> {
                try {
                    return new Partial<>(List.of(reading.apply(entry)), List.of());
                } catch (Failure e) {
                    return Partial.failed(e);
                }
            });
        }
        List<T> found = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (Partial<T> one : Parallel.all(tasks, AT_ONCE, whole, "the search for signatures of " + image)) {
            found.addAll(one.found());
            failures.addAll(one.failures());
        }
        return new Partial<>(found, failures);
    }
}
