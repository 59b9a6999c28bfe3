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
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Looks in the image's repository for both forms of signature at the same time: the old one under the tag {@code sha256-<hex>.sig} (manifest,
 * then payloads: two answers one after the other), and whatever refers to the image (list, manifests, bundles: three).
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
    public Signatures find(ImageReference repository, Digest subject, Keychain.Found credential, Deadline deadline) {
        Deadline sooner = deadline.atMost(
                deadline.remaining().multipliedBy(PERCENT_OF_TIME).dividedBy(100));
        return new Search(repository, subject, credential, sooner, deadline).run();
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
        private final ImageReference repository;
        private final Digest subject;
        private final Keychain.Found credential;
        /** For each request. */
        private final Deadline deadline;
        /** For waiting until all requests have ended, be it by the deadline above. */
        private final Deadline whole;

        private final ClaimReader reader;
        private final String image;
        private final AtomicLong bytes = new AtomicLong();

        Search(
                ImageReference repository,
                Digest subject,
                Keychain.Found credential,
                Deadline deadline,
                Deadline whole) {
            this.repository = repository;
            this.subject = subject;
            this.credential = credential;
            this.deadline = deadline;
            this.whole = whole;
            this.reader = new ClaimReader(subject, limits);
            this.image = repository.name() + "@" + subject;
        }

        Signatures run() {
            List<Claim> claims = new ArrayList<>();
            List<Failure> failures = new ArrayList<>();
            List<Supplier<Signatures>> sources = List.of(this::underTag, this::amongReferrers);
            for (Signatures source : together(sources, Supplier::get, failures)) {
                claims.addAll(source.claims());
                failures.addAll(source.failures());
            }
            return new Signatures(claims, failures);
        }

        private Signatures underTag() {
            String tag = subject.algorithm() + "-" + subject.hex() + ".sig";
            if (tag.length() > MAX_TAG) {
                return new Signatures(List.of(), List.of());
            }
            List<Failure> failures = new ArrayList<>();
            List<Candidate> candidates = fetcher.findManifest(repository.withTag(tag), credential, deadline)
                    .map(document -> candidates(document, "tag " + tag))
                    .orElse(List.of());
            return new Signatures(each(candidates, this::claim, failures), failures);
        }

        private Signatures amongReferrers() {
            List<Failure> failures = new ArrayList<>();
            List<Descriptor> referrers = fetcher.referrers(repository, subject, credential, deadline).stream()
                    .filter(entry -> !MediaType.isIndex(entry.mediaType()))
                    .sorted(Comparator.comparingInt(Likelihood::rank))
                    .toList();
            List<Candidate> candidates = each(referrers, this::referrer, failures).stream()
                    .flatMap(List::stream)
                    .toList();
            return new Signatures(each(candidates, this::claim, failures), failures);
        }

        private List<Candidate> referrer(Descriptor entry) {
            return fetcher.findManifest(repository.at(entry.digest()), credential, deadline)
                    .filter(document -> document.subject()
                            .map(to -> to.digest().equals(subject))
                            .orElse(false))
                    .map(document -> candidates(document, "referrer " + entry.digest()))
                    .orElse(List.of());
        }

        private static List<Candidate> candidates(OciDocument document, String where) {
            return document instanceof Manifest manifest
                    ? manifest.layers().stream()
                            .filter(layer -> isSimple(layer) || ClaimReader.isBundle(layer.mediaType()))
                            .map(layer -> new Candidate(layer, where))
                            .toList()
                    : List.of();
        }

        private static boolean isSimple(Descriptor layer) {
            return layer.mediaType().equals(MediaType.SIMPLE_SIGNING);
        }

        private Claim claim(Candidate candidate) {
            if (bytes.get() > limits.get(Limit.SIGNATURES_BYTES)) {
                throw limits.exceeded(Limit.SIGNATURES_BYTES, "all signatures of " + image);
            }
            Descriptor layer = candidate.layer();
            byte[] content = fetcher.blob(repository, layer, Limit.SIGNATURE_BYTES, credential, deadline);
            bytes.addAndGet(content.length);
            return isSimple(layer)
                    ? reader.simple(layer, content, candidate.where())
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

    /** What is likely a signature comes first, so that nothing else crowds it out; it is never a choice. */
    private static final class Likelihood {
        private static final String SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
        private static final String PREDICATE_ANNOTATION = "dev.sigstore.bundle.predicateType";

        static int rank(Descriptor entry) {
            String predicate = entry.annotations().getOrDefault(PREDICATE_ANNOTATION, "");
            String type = entry.artifactType();
            if (predicate.equals(SIGNATURE_PREDICATE)) {
                return 0;
            }
            boolean likely = type.isEmpty() || type.equals(MediaType.OCI_EMPTY) || ClaimReader.isBundle(type);
            return likely ? predicate.isEmpty() ? 1 : 2 : 3;
        }
    }
}
