package dev.landwaiter.tuf;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.sigstore.json.JsonParseException;
import dev.sigstore.tuf.FileNotFoundException;
import dev.sigstore.tuf.InvalidHashesException;
import dev.sigstore.tuf.MetaFetcher;
import dev.sigstore.tuf.RoleExpiredException;
import dev.sigstore.tuf.RollbackVersionException;
import dev.sigstore.tuf.SignatureVerificationException;
import dev.sigstore.tuf.SnapshotTargetMissingException;
import dev.sigstore.tuf.SnapshotTargetVersionException;
import dev.sigstore.tuf.SnapshotVersionMismatchException;
import dev.sigstore.tuf.TargetMetadataMissingException;
import dev.sigstore.tuf.TrustedMetaStore;
import dev.sigstore.tuf.TufException;
import dev.sigstore.tuf.Updater;
import dev.sigstore.tuf.model.Root;
import dev.sigstore.tuf.model.RootRole;
import dev.sigstore.tuf.model.SignedTufMeta;
import dev.sigstore.tuf.model.Snapshot;
import dev.sigstore.tuf.model.Targets;
import dev.sigstore.tuf.model.Timestamp;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to refresh: the whole workflow of a TUF client, by sigstore-java. What that passes over is looked after here: it takes a
 * timestamp.json that it has seen before without asking whether it has expired since, and then leaves snapshot.json and targets.json
 * unchecked, although a newer root may have other keys for them. So targets.json is never kept from one attempt to the next, which has
 * both checked each time, and what counts in the end must not have expired.
 */
final class Attempt {
    private static final String TARGET = "trusted_root.json";
    private static final int WORDS = 200;
    /** It would write what a mirror says to stderr, past our log. Held, because an unheld one forgets its level. */
    private static final Logger LIBRARY = Logger.getLogger(Updater.class.getName());

    static {
        LIBRARY.setLevel(Level.OFF);
    }

    private final TufRepository repository;
    private final SeenMetadata seen;
    private final FetchedFiles fetched;
    private final Instant now;
    private final Limits limits;

    /**
     * One that has not begun.
     *
     * @param seen what is known already; becomes what is known afterwards, also where the attempt fails
     * @param now by which nothing may have expired
     * @param limits of what the mirror sends
     */
    Attempt(TufRepository repository, SeenMetadata seen, Mirror mirror, Instant now, Limits limits) {
        this.repository = repository;
        this.seen = seen;
        this.fetched = new FetchedFiles(mirror);
        this.now = now;
        this.limits = limits;
    }

    /**
     * Asks the mirror for all that leads to the trust root.
     *
     * @throws MirrorProblem where it cannot be had, or must not be believed
     */
    LastGood make() {
        try {
            try {
                return update();
            } finally {
                seen.keepRoots(fetched.files());
            }
        } catch (MirrorProblem e) {
            throw e;
        } catch (Failure e) {
            throw refused(e.message(), e);
        } catch (TufException e) {
            throw refused(words(e), e);
        } catch (IOException | JsonParseException | RuntimeException e) {
            throw refused(
                    "\"%s\" cannot be used (%s). %s".formatted(fetched.received(), reason(e), MirrorProblem.ASK), e);
        }
    }

    private LastGood update() throws IOException, JsonParseException {
        seen.clearMeta(RootRole.TARGETS);
        FetchedTarget target = new FetchedTarget();
        Updater updater = Updater.builder()
                .setClock(Clock.fixed(now, ZoneOffset.UTC))
                .setVerifiers(SchemeKeys::verifier)
                .setTrustedRootPath(repository::root)
                .setMetaFetcher(MetaFetcher.newFetcher(fetched.metadata()))
                .setTargetFetcher(fetched.targets())
                .setTrustedMetaStore(TrustedMetaStore.newTrustedMetaStore(seen))
                .setTargetStore(target)
                .build();
        updater.updateMeta();
        checkFresh(RootRole.TIMESTAMP, Timestamp.class);
        checkFresh(RootRole.SNAPSHOT, Snapshot.class);
        checkFresh(RootRole.TARGETS, Targets.class);
        updater.downloadTarget(TARGET);
        TrustedRoot root = TrustedRoot.parse(target.readTarget(TARGET), limits, "\"" + TARGET + "\" of the mirror");
        seen.keepRoots(fetched.files());
        Map<String, byte[]> files = new HashMap<>(seen.roots());
        files.putAll(fetched.files());
        return new LastGood(
                root,
                known(RootRole.ROOT, Root.class).getSignedMeta().getVersion(),
                known(RootRole.TARGETS, Targets.class).getSignedMeta().getVersion(),
                now,
                files);
    }

    private <T extends SignedTufMeta<?>> T known(String role, Class<T> type) {
        return seen.readMeta(role, type).orElseThrow(() -> new IllegalStateException("no " + role));
    }

    private void checkFresh(String role, Class<? extends SignedTufMeta<?>> type) throws JsonParseException {
        Instant expires = known(role, type).getSignedMeta().getExpiresAsDate().toInstant();
        if (!now.isBefore(expires)) {
            throw refused(expired(role + ".json", expires), null);
        }
    }

    private String words(TufException e) {
        String file = "\"" + fetched.received() + "\"";
        return switch (e) {
            case RoleExpiredException expired ->
                expired(fetched.received(), expired.getRoleExpirationTime().toInstant());
            case SignatureVerificationException _ ->
                file
                        + " is not signed by as many of its keys as it must be. "
                        + (repository.publicGood()
                                ? "If the mirror is of another repository than sigstore's public good instance, give its root by --tuf-root."
                                : "Check that --tuf-root is of this mirror, and otherwise ask its operator.");
            case RollbackVersionException _, SnapshotTargetMissingException _, SnapshotTargetVersionException _ ->
                file
                        + " is older than what was seen before, or leaves some of it out. Ask the operator of the mirror; if it was made anew, empty the folder of --tuf-cache and start again.";
            case SnapshotVersionMismatchException _ ->
                file + " does not have the version that was promised. " + MirrorProblem.ASK;
            case InvalidHashesException _ -> file + " does not have the hash that was promised. " + MirrorProblem.ASK;
            case FileNotFoundException _ ->
                "it has no \"" + fetched.asked() + "\". Check that it is the address of a TUF mirror.";
            case TargetMetadataMissingException _ ->
                file + " names no \"" + TARGET + "\". Check that the mirror is one of a Sigstore instance.";
            default -> "%s cannot be used (%s). %s".formatted(file, reason(e), MirrorProblem.ASK);
        };
    }

    private static String expired(String file, Instant at) {
        return "\"%s\" expired at %s. If the clock here is right, the mirror is held back or not kept up: ask its operator."
                .formatted(file, at);
    }

    /** In the library's words, which may hold the mirror's. */
    private static String reason(Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String words = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return Shown.of(words, WORDS);
    }

    private static MirrorProblem refused(String why, @Nullable Exception cause) {
        return cause == null
                ? new MirrorProblem(Code.TUF_REFUSED, why)
                : new MirrorProblem(Code.TUF_REFUSED, why, cause);
    }
}
