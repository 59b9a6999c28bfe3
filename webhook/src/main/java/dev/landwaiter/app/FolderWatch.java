package dev.landwaiter.app;

import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.ContentWatch;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyFolder;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a policy folder read again when its files change, and says in the log what came of it. */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final String IN_FORCE = "in force";

    private final PolicyFolder folder;
    private final ContentWatch watch;
    private final CertificateSource.Watch running;

    FolderWatch(PolicyFolder folder) {
        this(folder, ContentWatch.EVERY);
    }

    FolderWatch(PolicyFolder folder, Duration every) {
        this.folder = folder;
        this.watch = new ContentWatch(
                LOG,
                "the policy folder",
                "The last good policies stay in force.",
                IN_FORCE,
                () -> new Files(folder.files()),
                Failures::words);
        this.running = watch.start(every);
    }

    void look() {
        watch.look();
    }

    /** Why the folder as it is now is not in force; empty where it is. */
    Optional<String> problem() {
        return watch.problem().or(() -> folder.problem().map(failure -> failure.message()));
    }

    /** What the folder held at one moment. */
    private final class Files implements ContentWatch.Reading {
        private final PolicyFiles files;

        Files(PolicyFiles files) {
            this.files = files;
        }

        /** What is in force is not known by its files alone: the trust root of policies that name none is part of it. */
        @Override
        public String digest() {
            return folder.inForce(files) ? IN_FORCE : files.digest();
        }

        @Override
        public void take() {
            folder.take(files);
            int policies = folder.current().policies().size();
            LOG.info("{} in force now, from the folder", policies == 1 ? "1 policy is" : policies + " policies are");
        }

        @Override
        public void isInForceAgain() {
            folder.take(files);
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
