package dev.landwaiter.app;

import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.ContentWatch;
import dev.landwaiter.credential.SettingsCredentials;
import dev.landwaiter.credential.SettingsCredentialsFile;
import dev.landwaiter.limit.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The credentials of {@code --registry-credentials}, read again when the file, or one that it names, changes. */
final class LiveCredentials implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveCredentials.class);

    private final ContentWatch watch;
    private final CertificateSource.Watch running;
    private volatile SettingsCredentials current;

    /** Reads {@code file}, as {@link SettingsCredentialsFile#read} does, and begins to look for changes. */
    LiveCredentials(Path file, Limits limits, Duration every) {
        this.current = SettingsCredentialsFile.read(file, limits);
        this.watch = new ContentWatch(
                LOG,
                "--registry-credentials \"%s\"".formatted(file),
                "The last good credentials stay in use.",
                current.digest(),
                () -> reading(SettingsCredentialsFile.read(file, limits)),
                Failures::words);
        this.running = watch.start(every);
    }

    private ContentWatch.Reading reading(SettingsCredentials read) {
        return new ContentWatch.Reading() {
            @Override
            public String digest() {
                return read.digest();
            }

            @Override
            public void take() {
                current = read;
                LOG.info("The credentials of --registry-credentials were read again");
            }
        };
    }

    void look() {
        watch.look();
    }

    /** The last ones that could be used. */
    SettingsCredentials current() {
        return current;
    }

    /** Why what the file holds now is not in use; empty where it is. */
    Optional<String> problem() {
        return watch.problem();
    }

    @Override
    public void close() {
        running.close();
    }
}
