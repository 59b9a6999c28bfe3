package dev.landwaiter.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.SingleFlight;
import dev.landwaiter.policy.ImagePolicy;
import java.time.Duration;

/**
 * Remembers verdicts by all that they rest on: repository, digest, the policy's content (in which are its keys, its trust roots and where
 * else signatures are kept), and whose credentials could see the signatures. A policy that changes is another one at once. Verified as long as there is room, because nothing that it rests on can change under its key; Rejected for a while, because a signature
 * may be added; Unavailable never. Who asks while a verdict is being found waits for it, each until its own deadline.
 */
public final class RememberingVerifier implements Verifier {
    private final Verifier next;
    private final Places places;
    private final Cache<Key, Verdict> known;
    private final SingleFlight<Key, Verdict> flights = new SingleFlight<>(RememberingVerifier::forOthersToo);

    /**
     * @param sources whose credentials serve where a policy names Secrets for its signatures
     * @param rejectedFor how long a refusal is remembered
     * @param most how many verdicts are remembered
     * @param ticker a monotonic clock in nanoseconds
     */
    public RememberingVerifier(Verifier next, SourceKeychains sources, Duration rejectedFor, long most, Ticker ticker) {
        this.next = next;
        this.places = new Places(sources);
        this.known = Caffeine.newBuilder()
                .ticker(ticker)
                .maximumSize(most)
                .expireAfter(Expiry.<Key, Verdict>creating((key, verdict) -> lifetime(verdict, rejectedFor)))
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
        Verdict remembered = known.getIfPresent(key);
        return remembered != null ? remembered : first(key, image, policy, credential, deadline);
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
            return flights.get(
                    key, deadline, "the verification of " + image.pinned().canonical(), own -> {
                        Verdict meanwhile = known.getIfPresent(key);
                        if (meanwhile != null) {
                            return meanwhile;
                        }
                        Verdict verdict = next.verify(image, policy, credential, own);
                        if (!(verdict instanceof Verdict.Unavailable)) {
                            known.put(key, verdict);
                        }
                        return verdict;
                    });
        } catch (Failure e) {
            return Verdict.of(e);
        }
    }

    private static Duration lifetime(Verdict verdict, Duration rejectedFor) {
        return switch (verdict) {
            case Verdict.Verified verified -> Duration.ofNanos(Long.MAX_VALUE);
            case Verdict.Rejected rejected -> rejectedFor;
            case Verdict.Unavailable unavailable -> Duration.ZERO;
        };
    }

    /** What one caller's time cut off may still be found in another's. */
    private static boolean forOthersToo(Verdict verdict) {
        return !(verdict instanceof Verdict.Unavailable unavailable && unavailable.code() == Code.DEADLINE_EXCEEDED);
    }

    private record Key(
            String registry,
            String repository,
            Digest digest,
            String policyContent,
            String credential,
            String sourceCredentials) {}
}
