package dev.landwaiter.certs;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PEM chain and key in two files, read again when they change. A pair that cannot be used leaves the last good one in place, and
 * {@link #healthy()} says so.
 */
public final class FileCertificateSource implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(FileCertificateSource.class);

    private final Path certificateFile;
    private final Path keyFile;
    private final InstantSource clock;
    private final Duration every;
    private final ContentWatch watch;

    private volatile ServingCertificate current;
    private volatile Consumer<ServingCertificate> changed = _ -> {};

    /**
     * Loads the pair once.
     *
     * @throws CertificateInvalid where it cannot be used: there is no last good one yet
     */
    public FileCertificateSource(Path certificateFile, Path keyFile, InstantSource clock) {
        this(certificateFile, keyFile, clock, ContentWatch.EVERY);
    }

    FileCertificateSource(Path certificateFile, Path keyFile, InstantSource clock, Duration every) {
        this.certificateFile = certificateFile.toAbsolutePath();
        this.keyFile = keyFile.toAbsolutePath();
        this.clock = clock;
        this.every = every;
        Pair pair = read();
        this.current = pair.check();
        this.watch = new ContentWatch(
                LOG,
                "certificate \"" + this.certificateFile + "\"",
                "The last good certificate stays in use.",
                pair.digest(),
                this::read,
                CertificateInvalid::words);
    }

    @Override
    public ServingCertificate get() {
        return current;
    }

    @Override
    public Health healthy() {
        Health health = current.healthAt(clock.instant());
        Optional<String> problem = watch.problem();
        return problem.isPresent() && health instanceof Health.Healthy(var notAfter)
                ? new Health.Degraded(notAfter, problem.get())
                : health;
    }

    @Override
    public Watch start(Consumer<ServingCertificate> changed) {
        this.changed = changed;
        return watch.start(every);
    }

    /** Takes up what the files hold now, if it is new and can be used. */
    void reload(Consumer<ServingCertificate> changed) {
        this.changed = changed;
        watch.readNow();
    }

    private Pair read() {
        return new Pair(FileContent.read(certificateFile, "certificate"), FileContent.read(keyFile, "private key"));
    }

    /** What the two files held at one moment. */
    private final class Pair implements ContentWatch.Reading {
        private final byte[] certificate;
        private final byte[] key;

        Pair(byte[] certificate, byte[] key) {
            this.certificate = certificate;
            this.key = key;
        }

        ServingCertificate check() {
            return CertificateCheck.read(
                    certificate, "\"" + certificateFile + "\"", key, "\"" + keyFile + "\"", clock.instant());
        }

        @Override
        public String digest() {
            return FileContent.digest(certificate, key);
        }

        @Override
        public void take() {
            ServingCertificate next = check();
            try {
                changed.accept(next);
            } catch (RuntimeException e) {
                LOG.error("Could not serve {}", next, e);
                throw new CertificateInvalid(
                        "Could not serve certificate \"%s\": %s. Check the log."
                                .formatted(certificateFile, e.getMessage()),
                        e);
            }
            current = next;
            LOG.info("Certificate {} was reloaded: {}", certificateFile, next);
        }
    }
}
