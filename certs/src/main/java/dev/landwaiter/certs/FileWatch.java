package dev.landwaiter.certs;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has files looked at whenever they may have changed, on a thread of its own.
 *
 * <p>The folders are watched rather than the files: a mounted Secret changes by the swap of its {@code ..data} symlink. Where no event
 * comes (network file systems, symlinks to elsewhere), a slow poll finds the change.
 */
final class FileWatch {
    /** Between looks at the files where no event comes. */
    static final Duration POLL = Duration.ofSeconds(30);
    /** Silence after an event, so that two files written one after the other are taken up as a pair. */
    private static final Duration SETTLE = Duration.ofMillis(200);

    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final List<Path> files;
    private final Duration poll;
    private final Runnable look;

    private FileWatch(List<Path> files, Duration poll, Runnable look) {
        this.files = List.copyOf(files);
        this.poll = poll;
        this.look = look;
    }

    /**
     * Calls {@code look} now and whenever the folder of one of {@code files} changed, until the watch is closed.
     *
     * @param files absolute
     * @throws CertificateInvalid where a folder cannot be watched
     */
    static CertificateSource.Watch start(List<Path> files, Duration poll, Runnable look) {
        FileWatch watch = new FileWatch(files, poll, look);
        WatchService watcher = watch.folders();
        Thread thread = Thread.ofPlatform().name("certificate-watch").daemon().start(() -> watch.run(watcher));
        return () -> {
            thread.interrupt();
            closeQuietly(watcher);
        };
    }

    private WatchService folders() {
        Set<Path> folders = new LinkedHashSet<>();
        files.forEach(file -> folders.add(folderOf(file)));
        try {
            WatchService watcher = files.getFirst().getFileSystem().newWatchService();
            for (Path folder : folders) {
                folder.register(
                        watcher,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
            return watcher;
        } catch (IOException e) {
            throw new CertificateInvalid(
                    "Could not watch the folder of certificate \"%s\": %s. Check that it is readable."
                            .formatted(files.getFirst(), FileCertificateSource.why(e)),
                    e);
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.getParent();
        return folder == null ? file.getRoot() : folder;
    }

    private void run(WatchService watcher) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                look.run();
                WatchKey key = watcher.poll(poll.toMillis(), TimeUnit.MILLISECONDS);
                while (key != null) {
                    key.pollEvents().clear();
                    if (!key.reset()) {
                        LOG.warn(
                                "A watched folder of certificate {} went away; its files are polled instead",
                                files.getFirst());
                    }
                    key = watcher.poll(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            LOG.debug("Certificate {} is no longer watched", files.getFirst());
        }
    }

    private static void closeQuietly(WatchService watcher) {
        try {
            watcher.close();
        } catch (IOException e) {
            LOG.debug("Could not close the watch of a folder", e);
        }
    }
}
