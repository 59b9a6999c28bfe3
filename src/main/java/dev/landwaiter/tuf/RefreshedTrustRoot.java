package dev.landwaiter.tuf;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.TrustedRoot;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The trust root of policies without one, as the last refresh that succeeded brought it. Before the first one it is what an earlier run kept,
 * else the shipped one; of another repository than the public good instance's none is shipped, and nobody is believed until then.
 */
public final class RefreshedTrustRoot implements Supplier<TrustedRoot> {
    private final TufRepository repository;
    private final @Nullable TufFolder folder;
    private final InstantSource clock;
    private final Limits limits;
    /** Of the one attempt that there is at a time. */
    private SeenMetadata seen = new SeenMetadata();

    private volatile @Nullable LastGood lastGood;
    private volatile @Nullable Failure problem;

    private RefreshedTrustRoot(
            TufRepository repository, @Nullable TufFolder folder, InstantSource clock, Limits limits) {
        this.repository = repository;
        this.folder = folder;
        this.clock = clock;
        this.limits = limits;
    }

    /**
     * One that has not been refreshed in this run. Asks no network; where what an earlier run kept cannot be used, {@link #problem} says why.
     *
     * @param folder where it is kept between runs, if anywhere
     */
    public static RefreshedTrustRoot open(
            TufRepository repository, Optional<Path> folder, InstantSource clock, Limits limits) {
        RefreshedTrustRoot root = new RefreshedTrustRoot(
                repository, folder.map(path -> new TufFolder(path, limits)).orElse(null), clock, limits);
        root.readKept();
        return root;
    }

    private synchronized void readKept() {
        if (folder == null) {
            return;
        }
        try {
            Optional<TufFolder.Kept> kept = folder.read();
            if (kept.isPresent()) {
                SeenMetadata shown = new SeenMetadata();
                // it may have expired since: the last good one stays until there is a better one
                lastGood = new Attempt(
                                repository,
                                shown,
                                Mirror.of(kept.get().files()),
                                kept.get().at(),
                                limits)
                        .make();
                seen = shown;
            }
        } catch (MirrorProblem e) {
            problem = folder.notBelieved(e);
        } catch (Failure e) {
            problem = e;
        }
    }

    @Override
    public TrustedRoot get() {
        LastGood last = lastGood;
        if (last != null) {
            return last.root();
        }
        return repository.publicGood() ? TrustedRoot.publicGood() : TrustedRoot.nobody();
    }

    /** Which one is in force, for people. */
    public String origin() {
        LastGood last = lastGood;
        if (last != null) {
            return last.origin();
        }
        return repository.publicGood()
                ? "the one shipped, of " + TrustedRoot.PUBLIC_GOOD_SINCE
                : "none, so no signer is believed";
    }

    /** When it was last found to be fresh, in this run or an earlier one; empty before the first time. */
    public Optional<Instant> refreshed() {
        return Optional.ofNullable(lastGood).map(LastGood::at);
    }

    /** Why it is not as fresh, or not as safely kept, as it should be; empty where it is. */
    public Optional<Failure> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Asks the mirror. Where that fails the last good one stays in force, and {@link #problem} says so: {@code TUF_UNAVAILABLE} where it could
     * not be asked, {@code TUF_REFUSED} where its answer must not be believed. {@code TUF_CACHE_UNUSABLE} says that the new one is in force but
     * not kept. Blocking: call it on a virtual thread.
     *
     * @return whether another one is in force now
     */
    public synchronized boolean refresh(HttpTransport transport, Deadline deadline) {
        TrustedRoot before = get();
        try {
            LastGood fresh = new Attempt(
                            repository,
                            seen,
                            new HttpMirror(repository.mirror(), transport, limits, deadline),
                            clock.instant(),
                            limits)
                    .make();
            lastGood = fresh;
            problem = null;
            if (folder != null) {
                folder.write(fresh);
            }
        } catch (MirrorProblem e) {
            problem = new Failure(
                    e.code(),
                    "Could not refresh the trust root from %s: %s The last good one stays in force: %s."
                            .formatted(repository.mirror(), e.why(), origin()),
                    e);
        } catch (Failure e) {
            problem = e;
        }
        return !get().equals(before);
    }
}
