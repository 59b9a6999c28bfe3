package dev.landwaiter.app;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.report.TrustRootMetrics;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.tuf.RefreshedTrustRoot;
import dev.landwaiter.tuf.TufRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the trust root of policies without one refreshed, at once and then at intervals, and says in the log what came of it. */
final class TrustRootWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrustRootWatch.class);
    /** A mirror is asked for some ten files; a client that has slept for years follows as many roots besides. */
    private static final Duration EACH = Duration.ofMinutes(1);

    private final RefreshedTrustRoot root;
    private final HttpTransport transport;
    private final TrustRootMetrics metrics;
    private final Runnable changed;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("trust-root").factory());
    private volatile boolean closed;

    /**
     * Begins at once, and waits for nothing.
     *
     * @param changed what has all policies read again
     */
    TrustRootWatch(
            RefreshedTrustRoot root,
            HttpTransport transport,
            Duration every,
            TrustRootMetrics metrics,
            Runnable changed) {
        this.root = root;
        this.transport = transport;
        this.metrics = metrics;
        this.changed = changed;
        LOG.info(
                "Policies without a trust root use {}; refreshing it every {} minutes",
                root.origin(),
                every.toMinutes());
        root.problem().ifPresent(problem -> LOG.warn("{}: {}", problem.code(), problem.message()));
        var _ = scheduler.scheduleWithFixedDelay(this::refresh, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Where the settings ask for it, the trust root that is refreshed, as it is without having been. */
    static Optional<RefreshedTrustRoot> open(Settings settings, InstantSource clock) {
        if (settings.find(SettingRows.TRUST_ROOT_REFRESH).isEmpty()) {
            return Optional.empty();
        }
        Limits limits = settings.get(SettingRows.LIMIT);
        URI mirror = settings.find(SettingRows.TUF_MIRROR).orElse(TufRepository.PUBLIC_GOOD_MIRROR);
        TufRepository repository = settings.find(SettingRows.TUF_ROOT)
                .map(file -> TufRepository.of(mirror, read(file, limits), "--tuf-root \"%s\"".formatted(file)))
                .orElseGet(() -> TufRepository.publicGood(mirror));
        return Optional.of(RefreshedTrustRoot.open(repository, settings.find(SettingRows.TUF_CACHE), clock, limits));
    }

    private static byte[] read(Path file, Limits limits) {
        try (InputStream in = Files.newInputStream(file)) {
            return limits.read(in, Limit.TRUST_ROOT_BYTES, "--tuf-root \"%s\"".formatted(file));
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read --tuf-root \"%s\": %s. Check the file and its rights."
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private void refresh() {
        try {
            boolean other = root.refresh(transport, Deadline.in(EACH));
            if (closed) {
                return;
            }
            if (other) {
                changed.run();
                LOG.info("From now on, policies without a trust root use {}", root.origin());
            }
            root.problem().ifPresent(problem -> LOG.warn("{}: {}", problem.code(), problem.message()));
            metrics.attempted(root.problem().map(Failure::code));
        } catch (RuntimeException e) {
            // otherwise this would have been the last attempt
            LOG.error("Could not refresh the trust root: the last good one stays in force", e);
        } catch (Error e) {
            // a scheduler would keep it to itself, and never refresh again
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            throw e;
        }
    }

    @Override
    public void close() {
        closed = true;
        scheduler.shutdownNow();
    }
}
