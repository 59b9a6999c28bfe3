package dev.landwaiter.certs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authorities in a PEM file, read again when it changes. What cannot be used leaves the last good ones in place, and {@link #problem()}
 * says so.
 */
public final class FileAuthoritiesSource implements AuthoritiesSource {
    private static final Logger LOG = LoggerFactory.getLogger(FileAuthoritiesSource.class);

    private final Path file;
    private final Duration every;
    private final ContentWatch watch;

    private volatile TrustedAuthorities current;
    private volatile Consumer<TrustedAuthorities> changed = _ -> {};

    /**
     * Reads the file once.
     *
     * @throws CertificateInvalid where it cannot be used: there are no last good ones yet
     */
    public FileAuthoritiesSource(Path file) {
        this(file, ContentWatch.EVERY);
    }

    FileAuthoritiesSource(Path file, Duration every) {
        this.file = file.toAbsolutePath();
        this.every = every;
        Bundle bundle = read();
        this.current = bundle.authorities();
        this.watch = new ContentWatch(
                LOG,
                "authorities \"" + this.file + "\"",
                "The last good authorities stay in use.",
                bundle.digest(),
                this::read,
                CertificateInvalid::words);
    }

    @Override
    public TrustedAuthorities get() {
        return current;
    }

    @Override
    public Optional<String> problem() {
        return watch.problem();
    }

    @Override
    public CertificateSource.Watch start(Consumer<TrustedAuthorities> changed) {
        this.changed = changed;
        return watch.start(every);
    }

    /** Takes up what the file holds now, if it is new and can be used. */
    void reload(Consumer<TrustedAuthorities> changed) {
        this.changed = changed;
        watch.readNow();
    }

    private Bundle read() {
        return new Bundle(FileContent.read(file, "certificate"));
    }

    /** What the file held at one moment. */
    private final class Bundle implements ContentWatch.Reading {
        private final byte[] pem;

        Bundle(byte[] pem) {
            this.pem = pem;
        }

        TrustedAuthorities authorities() {
            return TrustedAuthorities.parse(pem, "\"" + file + "\"");
        }

        @Override
        public String digest() {
            return FileContent.digest(pem);
        }

        @Override
        public void take() {
            TrustedAuthorities next = authorities();
            if (next.equals(current)) {
                return;
            }
            try {
                changed.accept(next);
            } catch (RuntimeException e) {
                LOG.error("Could not trust the authorities of {}", file, e);
                throw new CertificateInvalid(
                        "Could not trust the authorities of \"%s\": %s. Check the log.".formatted(file, e.getMessage()),
                        e);
            }
            current = next;
            LOG.info(
                    "Authorities {} were reloaded: {} of them",
                    file,
                    next.certificates().size());
        }
    }
}
