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
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies by what needs no network, then by public keys: all that may be a signature is gathered once, and each key tried against it
 * offline, so that fifteen keys cost no more round trips than one. No transparency log is asked.
 *
 * <p>An index counts as signed if it is itself, or if every manifest in it that a node could select is.
 */
public final class KeyVerifier implements Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(KeyVerifier.class);
    /** How many manifests of one index are looked after at a time. */
    private static final int MANIFESTS_AT_ONCE = 4;

    private final SignatureFinder signatures;

    /** @param ticker a monotonic clock in nanoseconds */
    public KeyVerifier(ArtifactFetcher artifacts, Limits limits, Ticker ticker) {
        this(new RememberingSignatureFinder(new RegistrySignatureFinder(artifacts, limits), ticker));
    }

    KeyVerifier(SignatureFinder signatures) {
        this.signatures = signatures;
    }

    @Override
    public Verdict verify(Image image, ImagePolicy policy, Keychain.Found credential, Deadline deadline) {
        try {
            return StaticVerdicts.find(policy)
                    .orElseGet(() -> new Check(image, keys(policy), credential, deadline).verdict());
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

    private static List<AuthorityKey> keys(ImagePolicy policy) {
        List<AuthorityKey> keys = new ArrayList<>();
        for (Authority authority : policy.authorities()) {
            switch (authority) {
                case Authority.Key key ->
                    key.keys().forEach(one -> keys.add(new AuthorityKey(key.name(), one.key(), one.fingerprint())));
                case Authority.Keyless keyless ->
                    throw new Failure(Code.INTERNAL_ERROR, "not built yet: " + keyless.name());
                case Authority.StaticPass pass -> {}
                case Authority.StaticFail fail -> {}
            }
        }
        return keys;
    }

    /** One image against one policy's keys. */
    private final class Check {
        private final Image image;
        private final List<AuthorityKey> keys;
        private final Keychain.Found credential;
        private final Deadline deadline;

        Check(Image image, List<AuthorityKey> keys, Keychain.Found credential, Deadline deadline) {
            this.image = image;
            this.keys = keys;
            this.credential = credential;
            this.deadline = deadline;
        }

        Verdict verdict() {
            return switch (of(image.digest())) {
                case Verdict.Verified verified -> verified;
                case Verdict.Unavailable unavailable -> unavailable;
                case Verdict.Rejected rejected ->
                    image.document() instanceof Index ? ofEveryManifest(rejected) : rejected;
            };
        }

        private Verdict of(Digest subject) {
            return Verdicts.judge(
                    image.reference().at(subject),
                    signatures.find(image.reference(), subject, credential, deadline),
                    keys);
        }

        /** The index itself is not signed: it still counts if all that a node could select from it is, and there is something. */
        private Verdict ofEveryManifest(Verdict.Rejected index) {
            List<Digest> manifests = image.runnable().stream()
                    .filter(digest -> !digest.equals(image.digest()))
                    .distinct()
                    .toList();
            List<Callable<Verdict>> checks = manifests.stream()
                    .<Callable<Verdict>>map(manifest -> () -> of(manifest))
                    .toList();
            List<Verdict> verdicts = Parallel.all(
                    checks,
                    MANIFESTS_AT_ONCE,
                    deadline,
                    "the verification of every manifest of " + image.pinned().canonical());
            return Verdicts.ofIndex(index, manifests, verdicts);
        }
    }

    /** A key, and the name of the authority that it speaks for. */
    record AuthorityKey(String authority, PublicKey key, String fingerprint) {}
}
