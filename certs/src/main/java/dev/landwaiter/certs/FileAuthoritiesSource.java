package dev.landwaiter.certs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorities in a PEM file, taken up again when it changes. What cannot be used leaves the last good ones in place, and {@link #problem()}
 * says so.
 */
public final class FileAuthoritiesSource implements AuthoritiesSource {
    private static final Logger LOG = LoggerFactory.getLogger(FileAuthoritiesSource.class);

    private final Path file;
    private final Duration poll;

    private volatile TrustedAuthorities current;
    private volatile @Nullable String problem;

    /**
     * Reads the file once.
     *
     * @throws CertificateInvalid where it cannot be used: there are no last good ones yet
     */
    public FileAuthoritiesSource(Path file) {
        this(file, FileWatch.POLL);
    }

    FileAuthoritiesSource(Path file, Duration poll) {
        this.file = file.toAbsolutePath();
        this.poll = poll;
        this.current = TrustedAuthorities.read(this.file);
    }

    @Override
    public TrustedAuthorities get() {
        return current;
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public CertificateSource.Watch start(Consumer<TrustedAuthorities> changed) {
        return FileWatch.start(List.of(file), poll, () -> reload(changed));
    }

    /** Takes up what the file holds now, if it is new and can be used. */
    void reload(Consumer<TrustedAuthorities> changed) {
        try {
            TrustedAuthorities next = TrustedAuthorities.read(file);
            if (!next.equals(current)) {
                changed.accept(next);
                current = next;
                LOG.info(
                        "Authorities {} were reloaded: {} of them",
                        file,
                        next.certificates().size());
            }
            problem = null;
        } catch (CertificateInvalid e) {
            keepLast(e.message());
        } catch (RuntimeException e) {
            // whoever trusts them could not take them; the next look tries again
            keepLast("Could not trust the authorities of \"%s\": %s. Check the log.".formatted(file, e.getMessage()));
        }
    }

    private void keepLast(String reason) {
        if (!reason.equals(problem)) {
            LOG.warn("The last good authorities stay in use: {}", reason);
        }
        problem = reason;
    }
}
