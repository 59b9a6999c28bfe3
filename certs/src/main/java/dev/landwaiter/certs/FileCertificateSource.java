package dev.landwaiter.certs;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PEM chain and key in two files, taken up again when they change. A pair that cannot be used leaves the last good one in place, and
 * {@link #healthy()} says so.
 */
public final class FileCertificateSource implements CertificateSource {

    private static final Logger LOG = LoggerFactory.getLogger(FileCertificateSource.class);

    private final Path certificateFile;
    private final Path keyFile;
    private final InstantSource clock;
    private final Duration poll;

    private volatile ServingCertificate current;
    /** Why what the files hold now is not served; null where it is. */
    private volatile @Nullable String problem;
    /** Digest of the files that {@code current} came from; touched by the constructor and then by the watch alone. */
    private String served;

    /**
     * Loads the pair once.
     *
     * @throws CertificateInvalid where it cannot be used: there is no last good one yet
     */
    public FileCertificateSource(Path certificateFile, Path keyFile, InstantSource clock) {
        this(certificateFile, keyFile, clock, FileWatch.POLL);
    }

    FileCertificateSource(Path certificateFile, Path keyFile, InstantSource clock, Duration poll) {
        this.certificateFile = certificateFile.toAbsolutePath();
        this.keyFile = keyFile.toAbsolutePath();
        this.clock = clock;
        this.poll = poll;
        Pair pair = read();
        this.served = pair.digest();
        this.current = check(pair);
    }

    @Override
    public ServingCertificate get() {
        return current;
    }

    @Override
    public Health healthy() {
        Health health = current.healthAt(clock.instant());
        String reason = problem;
        return reason != null && health instanceof Health.Healthy(var notAfter)
                ? new Health.Degraded(notAfter, reason)
                : health;
    }

    @Override
    public Watch start(Consumer<ServingCertificate> changed) {
        return FileWatch.start(List.of(certificateFile, keyFile), poll, () -> reload(changed));
    }

    /** Takes up what the files hold now, if it is new and can be used. */
    void reload(Consumer<ServingCertificate> changed) {
        try {
            Pair pair = read();
            if (pair.digest().equals(served)) {
                problem = null;
                return;
            }
            ServingCertificate next = check(pair);
            changed.accept(next);
            current = next;
            problem = null;
            served = pair.digest();
            LOG.info("Certificate {} was reloaded: {}", certificateFile, next);
        } catch (CertificateInvalid e) {
            keepLast(e.message());
        } catch (RuntimeException e) {
            // whoever serves it could not take it; the next poll tries again
            keepLast("Could not serve certificate \"%s\": %s. Check the log."
                    .formatted(certificateFile, e.getMessage()));
        }
    }

    private void keepLast(String reason) {
        if (!reason.equals(problem)) {
            LOG.warn("The last good certificate stays in use until {}: {}", current.notAfter(), reason);
        }
        problem = reason;
    }

    private ServingCertificate check(Pair pair) {
        return CertificateCheck.read(
                pair.certificate(), "\"" + certificateFile + "\"", pair.key(), "\"" + keyFile + "\"", clock.instant());
    }

    private Pair read() {
        return new Pair(read(certificateFile, "certificate"), read(keyFile, "private key"));
    }

    private static byte[] read(Path file, String what) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CertificateInvalid(
                    "Could not read %s \"%s\": %s. Check the path and its permissions.".formatted(what, file, why(e)),
                    e);
        }
    }

    /** An exception on a file often has the path alone as its message. */
    static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "this process may not read it";
            default -> e.getClass().getSimpleName();
        };
    }

    /** What the two files held. */
    private record Pair(byte[] certificate, byte[] key) {
        String digest() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(certificate);
                digest.update(new byte[] {0});
                digest.update(key);
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        @Override
        public String toString() {
            return "Pair";
        }
    }
}
