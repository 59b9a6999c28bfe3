package dev.landwaiter.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.Index;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Parallel;
import dev.landwaiter.policy.Attestation;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.sigstore.BundleVerifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies by what needs no network, then by signatures and attestations: all that may be one is gathered once from each place where the
 * policy says that they are, and each authority judges by it offline, so that fifteen keys cost no more round trips than one.
 *
 * <p>An index counts as signed if it is itself, or if {@link EveryManifest} that any reader could select from it is.
 */
public final class PolicyVerifier implements Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyVerifier.class);
    private final SignatureFinder signatures;
    private final ArtifactFetcher artifacts;
    private final Places places;
    private final BundleVerifier bundles;
    private final StatementRoom statements;
    private final Limits limits;

    /**
     * @param sources whose credentials serve where a policy names Secrets for its signatures
     * @param ticker a monotonic clock in nanoseconds
     */
    public PolicyVerifier(
            ArtifactFetcher artifacts, SourceKeychains sources, BundleVerifier bundles, Limits limits, Ticker ticker) {
        this(
                new RememberingSignatureFinder(new RegistrySignatureFinder(artifacts, limits), ticker),
                artifacts,
                sources,
                bundles,
                limits);
    }

    PolicyVerifier(
            SignatureFinder signatures,
            ArtifactFetcher artifacts,
            SourceKeychains sources,
            BundleVerifier bundles,
            Limits limits) {
        this.signatures = signatures;
        this.artifacts = artifacts;
        this.places = new Places(sources);
        this.bundles = bundles;
        this.statements = new StatementRoom(limits);
        this.limits = limits;
    }

    @Override
    public Verdict verify(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        try {
            return StaticVerdicts.find(policy)
                    .orElseGet(() -> new Check(image, policy, credential, deadline).verdict());
        } catch (RuntimeException | StackOverflowError e) {
            Failure failure = Failure.of(e);
            if (failure.code() == Code.INTERNAL_ERROR) {
                LOG.error(
                        "could not verify {}: a mistake of our own",
                        image.pinned().canonical(),
                        failure);
            }
            return Verdict.of(failure);
        }
    }

    /** One image against one policy. */
    private final class Check {
        private final Image image;
        private final ImagePolicy policy;
        private final Keychain.Found credential;
        private final Deadline deadline;
        /** Of each authority by its name; a place that cannot be told is a failure instead. */
        private final Map<String, List<Place>> placesOf = new HashMap<>();

        private final Map<String, Failure> placeless = new HashMap<>();
        /** Set once there was no budget or room for a part of the check. */
        private volatile Verdict.@Nullable Rejected spent;

        /** What is wanted of each place, in the order of the authorities. */
        private final Map<Place.Key, Wanted> wanted = new LinkedHashMap<>();

        Check(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
            this.image = image;
            this.policy = policy;
            this.credential = credential;
            this.deadline = deadline;
            for (Authority authority : policy.authorities()) {
                if (authority instanceof Authority.Signing signing) {
                    locate(signing);
                }
            }
        }

        private void locate(Authority.Signing authority) {
            List<Place> found;
            try {
                found = places.of(authority, image, credential, deadline);
            } catch (Failure e) {
                placeless.put(authority.name(), e);
                return;
            }
            placesOf.put(authority.name(), found);
            for (Place place : found) {
                Wanted one = wanted.computeIfAbsent(place.key(), key -> new Wanted(place, new TreeSet<>()));
                authority.terms().attestations().stream()
                        .map(Attestation::predicateType)
                        .forEach(one.predicateTypes()::add);
            }
        }

        Verdict verdict() {
            return switch (of(image.digest())) {
                case Verdict.Verified verified -> verified;
                case Verdict.Unavailable unavailable -> unavailable;
                case Verdict.Rejected rejected ->
                    image.document() instanceof Index index ? ofEveryManifest(index, rejected) : rejected;
            };
        }

        /** Where there was no budget or room for one digest, there is none for the next: nothing more is asked for. */
        private Verdict of(Digest subject) {
            Verdict.Rejected none = spent;
            if (none != null) {
                return none;
            }
            Verdict verdict = judged(subject);
            if (verdict instanceof Verdict.Rejected rejected && rejected.code().ofOneRequest()) {
                spent = rejected;
            }
            return verdict;
        }

        private Verdict judged(Digest subject) {
            Map<Place.Key, Signatures> found = gather(subject);
            AuthorityJudge judge = new AuthorityJudge(
                    subject, new ClaimReader(subject, limits), new Proofs(bundles), statements, deadline);
            List<Opinion> opinions = new ArrayList<>();
            for (Authority authority : policy.authorities()) {
                switch (authority) {
                    case Authority.StaticPass pass ->
                        opinions.add(new Opinion.Passed(pass.name(), List.of(Evidence.ofStatic(pass.name()))));
                    case Authority.StaticFail _ -> {}
                    case Authority.Signing signing -> opinions.add(opinion(judge, signing, found));
                }
            }
            return Verdicts.judge(image.reference().at(subject), policy.threshold(), opinions);
        }

        private Opinion opinion(AuthorityJudge judge, Authority.Signing authority, Map<Place.Key, Signatures> found) {
            Failure failure = placeless.get(authority.name());
            List<Place> of = placesOf.getOrDefault(authority.name(), List.of());
            Signatures all = failure == null ? Signatures.NONE : Signatures.failed(failure);
            for (Place place : of) {
                all = all.and(found.getOrDefault(place.key(), Signatures.NONE));
            }
            return judge.of(authority, of, all);
        }

        /** All places at the same time. */
        private Map<Place.Key, Signatures> gather(Digest subject) {
            List<Callable<Signatures>> searches = new ArrayList<>();
            for (Wanted one : wanted.values()) {
                searches.add(() -> search(one, subject));
            }
            List<Signatures> results = searches.size() == 1
                    ? List.of(search(wanted.values().iterator().next(), subject))
                    : Parallel.all(
                            searches,
                            deadline,
                            "the search for signatures of " + image.reference().name() + "@" + subject);
            Map<Place.Key, Signatures> found = new HashMap<>();
            int i = 0;
            for (Place.Key key : wanted.keySet()) {
                found.put(key, results.get(i++));
            }
            return found;
        }

        /** One place that can't be searched in time does not hide what the others gave. */
        private Signatures search(Wanted one, Digest subject) {
            try {
                Signatures found =
                        search(Places.inTurn(one.place()), one, subject).orElseThrow();
                if (!found.refused()) {
                    return found;
                }
                // a Secret that is remembered may have been renewed
                return search(places.refreshed(one.place(), deadline), one, subject)
                        .orElse(found);
            } catch (Failure e) {
                return Signatures.failed(e);
            }
        }

        /** By each in turn until one is not refused; empty where there is none. */
        private Optional<Signatures> search(List<Place> turns, Wanted one, Digest subject) {
            Signatures found = null;
            for (Place turn : turns) {
                found = signatures.find(turn, subject, one.predicateTypes(), deadline);
                if (!found.refused()) {
                    break;
                }
            }
            return Optional.ofNullable(found);
        }

        private Verdict ofEveryManifest(Index index, Verdict.Rejected itself) {
            return new EveryManifest(
                            this::of,
                            digest -> artifacts.findManifest(image.reference().at(digest), credential, deadline),
                            deadline,
                            image.pinned().canonical())
                    .of(index, itself);
        }
    }

    /** A place, and of which types attestations are wanted there. */
    private record Wanted(Place place, Set<String> predicateTypes) {}
}
