package dev.landwaiter.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.credential.CredentialIdentity;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Asker;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.SingleFlight;
import dev.landwaiter.policy.ImagePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers verdicts by all that they rest on: repository, digest, the policy's content (in which are its keys, its trust roots and where
 * else signatures are kept), and whose credentials could see the signatures. A policy that changes is another one at once. Who asks while a
 * verdict is being found waits for it, each until its own deadline.
 *
 * <ul>
 *   <li>Verified is kept while there is room, for a day unless a setting says otherwise: nothing that it rests on can change under its key.
 *       One that rests on the clock, because nobody vouches for when its log entry was made, is kept for an hour at most.
 *   <li>Rejected is kept for a while, because a signature may be added; but not what one request's own budget, time or room brought about.
 *   <li>Unavailable is never kept.
 *   <li>What names the Secrets of whoever asked is told to nobody else.
 * </ul>
 */
public final class RememberingVerifier implements Verifier {
    /** Of a verdict that today's time was looked at for. */
    private static final Duration BY_CLOCK = Duration.ofHours(1);

    private final Verifier next;
    private final Places places;
    private final Cache<Key, Known> known;
    private final SingleFlight<Key, Known> flights = new SingleFlight<>(RememberingVerifier::forOthersToo);

    /**
     * @param sources whose credentials serve where a policy names Secrets for its signatures
     * @param ticker a monotonic clock in nanoseconds
     */
    public RememberingVerifier(Verifier next, SourceKeychains sources, VerdictSettings settings, Ticker ticker) {
        this.next = next;
        this.places = new Places(sources);
        this.known = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumWeight(settings.bytes())
                .weigher((Key key, Known verdict) -> weight(key, verdict.verdict()))
                .expireAfter(Expiry.<Key, Known>writing((key, verdict) -> lifetime(verdict.verdict(), settings)))
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Verdict verify(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        Key key;
        try {
            key = key(image, policy, credential, deadline);
        } catch (Failure e) {
            return Verdict.of(e);
        }
        Known remembered = known.getIfPresent(key);
        return remembered != null && remembered.isFor(credential)
                ? remembered.verdict()
                : first(key, image, policy, credential, deadline);
    }

    private Key key(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        ImageReference reference = image.reference();
        return new Key(
                reference.registry(),
                reference.repository(),
                image.digest(),
                policy.contentDigest(),
                credential.credential().identity(),
                places.identity(policy, image, credential, deadline));
    }

    private Verdict first(Key key, Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        try {
            Known found = flights.get(
                    key, deadline, "the verification of " + image.pinned().canonical(), own -> {
                        Known meanwhile = known.getIfPresent(key);
                        return meanwhile != null && meanwhile.isFor(credential)
                                ? meanwhile
                                : found(key, image, policy, credential, own);
                    });
            // what names another's Secrets is not waited for again: all who were told of theirs would come one after
            // the other
            return found.isFor(credential)
                    ? found.verdict()
                    : found(key, image, policy, credential, deadline).verdict();
        } catch (Failure e) {
            return Verdict.of(e);
        }
    }

    private Known found(Key key, Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        Known found = Known.of(next.verify(image, policy, credential, deadline), credential.asker());
        if (keeps(found.verdict())) {
            known.put(key, found);
        }
        return found;
    }

    private static boolean keeps(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Verified _ -> true;
            case Verdict.Rejected rejected -> !rejected.code().ofOneRequest();
            case Verdict.Unavailable _ -> false;
        };
    }

    private static Duration lifetime(Verdict verdict, VerdictSettings settings) {
        return switch (verdict) {
            case Verdict.Verified verified ->
                restsOnTheClock(verified) && BY_CLOCK.compareTo(settings.verifiedFor()) < 0
                        ? BY_CLOCK
                        : settings.verifiedFor();
            case Verdict.Rejected _ -> settings.rejectedFor();
            case Verdict.Unavailable _ -> Duration.ZERO;
        };
    }

    /** A log entry that nobody dates counts where its log counts today. */
    private static boolean restsOnTheClock(Verdict.Verified verified) {
        return verified.evidence().stream().anyMatch(one -> one.log() != null && one.time() == null);
    }

    /** What one caller's time, budget or room cut off may still be found in another's. */
    private static boolean forOthersToo(Known found) {
        return switch (found.verdict()) {
            case Verdict.Verified _ -> true;
            case Verdict.Rejected(Code code, String _) -> !code.ofOneRequest();
            case Verdict.Unavailable(Code code, String _) -> !code.ofOneRequest();
        };
    }

    /** About how many bytes it takes. */
    private static int weight(Key key, Verdict verdict) {
        long bytes = 500L
                + key.registry().length()
                + key.repository().length()
                + key.policyContent().length()
                + key.credential().text().length()
                + key.sourceCredentials().length();
        bytes += switch (verdict) {
            case Verdict.Verified verified ->
                verified.evidence().stream().mapToLong(Evidence::weight).sum();
            case Verdict.Rejected rejected -> 2L * rejected.message().length();
            case Verdict.Unavailable unavailable -> 2L * unavailable.message().length();
        };
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** About how many bytes all that is remembered takes. */
    public long bytes() {
        known.cleanUp();
        return known.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /**
     * A verdict, and for whom it is.
     *
     * @param only who alone may be told, because it names what they brought; null where anybody may
     */
    private record Known(Verdict verdict, @Nullable Asker only) {
        static Known of(Verdict verdict, Asker asker) {
            String told = switch (verdict) {
                case Verdict.Verified _ -> "";
                case Verdict.Rejected rejected -> rejected.message();
                case Verdict.Unavailable unavailable -> unavailable.message();
            };
            return new Known(verdict, asker.isNamedIn(told) ? asker : null);
        }

        boolean isFor(Keychain.Found credential) {
            return only == null || only.equals(credential.asker());
        }
    }

    private record Key(
            String registry,
            String repository,
            Digest digest,
            String policyContent,
            CredentialIdentity credential,
            String sourceCredentials) {}
}
