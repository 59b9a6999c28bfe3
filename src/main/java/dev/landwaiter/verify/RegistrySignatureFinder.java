package dev.landwaiter.verify;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Failure;
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
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Looks in one repository for all forms of signature at the same time: the old one under the tag {@code sha256-<hex>.sig} (manifest, then
 * payloads: two answers one after the other), attestations of the old form under {@code sha256-<hex>.att}, where they are wanted, and
 * whatever refers to the image (list, manifests, bundles: three).
 *
 * <p>What a layer is taken for is its own media type's doing; a descriptor's artifact type only says what to read first, because fallback
 * indexes have it wrong.
 */
final class RegistrySignatureFinder implements SignatureFinder {
    /** How many requests of one form run at a time for one image: few enough to leave connections for other images. */
    private static final int AT_ONCE = 8;
    /** Of the time that is left, what the search may use: the rest is for judging what one source gave where the other hung. */
    private static final int PERCENT_OF_TIME = 90;
    /** What a tag may have at most: the old form does not exist for SHA-512. */
    private static final int MAX_TAG = 128;

    private final ArtifactFetcher fetcher;
    private final Limits limits;

    RegistrySignatureFinder(ArtifactFetcher fetcher, Limits limits) {
        this.fetcher = fetcher;
        this.limits = limits;
    }

    @Override
    public Signatures find(Place place, Digest subject, Set<String> predicateTypes, Deadline deadline) {
        Deadline sooner = deadline.atMost(
                deadline.remaining().multipliedBy(PERCENT_OF_TIME).dividedBy(100));
        return new Search(place, subject, predicateTypes, sooner, deadline).run();
    }

    /** A layer that may hold a signature, and where it was found. */
    private record Candidate(Descriptor layer, String where) {}

    /** What came of one part of the search: a value or a failure. */
    private record Attempt<T>(List<T> value, List<Failure> failure) {
        static <T> Attempt<T> at(Supplier<T> work) {
            try {
                return new Attempt<>(List.of(work.get()), List.of());
            } catch (Failure e) {
                return new Attempt<>(List.of(), List.of(e));
            }
        }
    }

    private final class Search {
        private final Place place;
        private final ImageReference repository;
        private final Digest subject;
        private final Keychain.Found credential;
        private final Set<String> predicateTypes;
        /** For each request. */
        private final Deadline deadline;
        /** For waiting until all requests have ended, be it by the deadline above. */
        private final Deadline whole;

        private final ClaimReader reader;
        private final String image;
        private final AtomicLong bytes = new AtomicLong();

        Search(Place place, Digest subject, Set<String> predicateTypes, Deadline deadline, Deadline whole) {
            this.place = place;
            this.repository = place.repository();
            this.subject = subject;
            this.credential = place.credential();
            this.predicateTypes = predicateTypes;
            this.deadline = deadline;
            this.whole = whole;
            this.reader = new ClaimReader(subject, limits);
            this.image = repository.name() + "@" + subject;
        }

        Signatures run() {
            List<Supplier<Signatures>> sources = new ArrayList<>();
            sources.add(() -> underTag(".sig", this::isSimple));
            if (!predicateTypes.isEmpty()) {
                sources.add(() -> underTag(".att", layer -> ClaimReader.isEnvelope(layer.mediaType())));
            }
            sources.add(this::amongReferrers);
            List<Failure> failures = new ArrayList<>();
            Signatures all = Signatures.NONE;
            for (Signatures source : together(sources, Supplier::get, failures)) {
                all = all.and(source);
            }
            return all.and(new Signatures(List.of(), failures, bytes.get()));
        }

        private Signatures underTag(String suffix, Predicate<Descriptor> kind) {
            String tag = place.tag(subject, suffix);
            if (tag.length() > MAX_TAG) {
                return Signatures.NONE;
            }
            List<Failure> failures = new ArrayList<>();
            List<Candidate> candidates = fetcher.findManifest(repository.withTag(tag), credential, deadline)
                    .map(document -> candidates(document, "tag " + tag, kind))
                    .orElse(List.of());
            return new Signatures(each(candidates, this::claim, failures), failures, 0);
        }

        private Signatures amongReferrers() {
            List<Failure> failures = new ArrayList<>();
            List<Descriptor> referrers = fetcher.referrers(repository, subject, credential, deadline).stream()
                    .filter(entry -> !MediaType.isIndex(entry.mediaType()))
                    .sorted(Comparator.comparingInt(entry -> Likelihood.rank(entry, predicateTypes)))
                    .toList();
            List<Candidate> candidates = each(referrers, this::referrer, failures).stream()
                    .flatMap(List::stream)
                    .toList();
            return new Signatures(each(candidates, this::claim, failures), failures, 0);
        }

        private List<Candidate> referrer(Descriptor entry) {
            return fetcher.findManifest(repository.at(entry.digest()), credential, deadline)
                    .filter(document -> document.subject()
                            .map(to -> to.digest().equals(subject))
                            .orElse(false))
                    .map(document -> candidates(
                            document,
                            "referrer " + entry.digest(),
                            layer -> isSimple(layer) || ClaimReader.isBundle(layer.mediaType())))
                    .orElse(List.of());
        }

        private static List<Candidate> candidates(OciDocument document, String where, Predicate<Descriptor> kind) {
            return document instanceof Manifest manifest
                    ? manifest.layers().stream()
                            .filter(kind)
                            .map(layer -> new Candidate(layer, where))
                            .toList()
                    : List.of();
        }

        private boolean isSimple(Descriptor layer) {
            return layer.mediaType().equals(MediaType.SIMPLE_SIGNING);
        }

        private Claim claim(Candidate candidate) {
            if (bytes.get() > limits.get(Limit.SIGNATURES_BYTES)) {
                throw limits.exceeded(Limit.SIGNATURES_BYTES, "all signatures of " + image);
            }
            Descriptor layer = candidate.layer();
            byte[] content = fetcher.blob(repository, layer, Limit.SIGNATURE_BYTES, credential, deadline);
            bytes.addAndGet(content.length);
            if (isSimple(layer)) {
                return reader.simple(layer, content, candidate.where());
            }
            return ClaimReader.isEnvelope(layer.mediaType())
                    ? reader.attestation(layer, content, candidate.where())
                    : reader.bundle(content, candidate.where());
        }

        /** What {@code reading} gives of the first {@code SIGNATURES} of {@code entries}; that there are more is a failure too. */
        private <E, T> List<T> each(List<E> entries, Function<E, T> reading, List<Failure> failures) {
            int most = limits.count(Limit.SIGNATURES);
            List<T> results = together(entries.stream().limit(most).toList(), reading, failures);
            if (entries.size() > most) {
                failures.add(limits.exceeded(Limit.SIGNATURES, "all signatures of " + image));
            }
            return results;
        }

        /** What {@code reading} gives of each of {@code entries}, at the same time; a failure of one is told beside what the others gave. */
        private <E, T> List<T> together(List<E> entries, Function<E, T> reading, List<Failure> failures) {
            List<Callable<Attempt<T>>> tasks = new ArrayList<>();
            for (E entry : entries) {
                tasks.add(() -> Attempt.at(() -> reading.apply(entry)));
            }
            List<T> results = new ArrayList<>();
            for (Attempt<T> attempt : Parallel.all(tasks, AT_ONCE, whole, "the search for signatures of " + image)) {
                results.addAll(attempt.value());
                failures.addAll(attempt.failure());
            }
            return results;
        }
    }

    /** What is likely wanted comes first, so that nothing else crowds it out; it is never a choice. */
    private static final class Likelihood {
        private static final String SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
        private static final String PREDICATE_ANNOTATION = "dev.sigstore.bundle.predicateType";

        static int rank(Descriptor entry, Set<String> predicateTypes) {
            String predicate = entry.annotations().getOrDefault(PREDICATE_ANNOTATION, "");
            String type = entry.artifactType();
            if (predicate.equals(SIGNATURE_PREDICATE) || predicateTypes.contains(predicate)) {
                return 0;
            }
            boolean likely = type.isEmpty() || type.equals(MediaType.OCI_EMPTY) || ClaimReader.isBundle(type);
            return likely ? predicate.isEmpty() ? 1 : 2 : 3;
        }
    }
}
