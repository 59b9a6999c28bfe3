package dev.landwaiter.app;

import dev.landwaiter.certs.CertificateInvalid;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.ContentWatch;
import dev.landwaiter.certs.PemReader;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.settings.RegistryFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who signs registries' certificates, by {@code --registry-ca}: read again when the files change. */
final class RegistryAuthorities implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryAuthorities.class);

    private final ContentWatch watch;
    private final CertificateSource.Watch running;
    private final int registries;

    /**
     * Begins to look for changes.
     *
     * @param inForce what was read at the start
     * @param changed gets each new set, in PEM by registry
     */
    RegistryAuthorities(
            List<RegistryFile> files,
            Map<String, String> inForce,
            Consumer<Map<String, String>> changed,
            Duration every) {
        this.registries = inForce.size();
        this.watch = new ContentWatch(
                LOG,
                "the files of --registry-ca",
                "The last good authorities stay in use.",
                digest(inForce),
                () -> reading(read(files), changed),
                Failures::words);
        this.running = watch.start(every);
    }

    private static ContentWatch.Reading reading(Map<String, String> read, Consumer<Map<String, String>> changed) {
        return new ContentWatch.Reading() {
            @Override
            public String digest() {
                return RegistryAuthorities.digest(read);
            }

            @Override
            public void take() {
                changed.accept(read);
                LOG.info(
                        "The authorities of --registry-ca were read again, of {}",
                        read.size() == 1 ? "1 registry" : read.size() + " registries");
            }
        };
    }

    private static String digest(Map<String, String> authorities) {
        return Digest.sha256(new TreeMap<>(authorities).toString().getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    /**
     * What the files hold, in PEM by registry.
     *
     * @throws Failure {@code SETTING_INVALID} where one holds no certificate
     */
    static Map<String, String> read(List<RegistryFile> files) {
        Map<String, String> authorities = new TreeMap<>();
        for (RegistryFile one : files) {
            authorities.put(one.registry(), certificates(one));
        }
        return authorities;
    }

    private static String certificates(RegistryFile of) {
        try {
            byte[] pem = Files.readAllBytes(of.file());
            List<X509Certificate> _ = PemReader.certificates(pem, of.file().toString());
            return new String(pem, StandardCharsets.US_ASCII);
        } catch (CertificateInvalid e) {
            throw unusable(of, "the file holds no certificate in PEM", e);
        } catch (NoSuchFileException e) {
            throw unusable(of, "there is no such file", e);
        } catch (IOException e) {
            throw unusable(of, "the file cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Failure unusable(RegistryFile of, String why, Exception cause) {
        return new Failure(
                Code.SETTING_INVALID,
                "Could not use --registry-ca \"%s=%s\": %s. Give the certificates of the authorities that issued the registry's."
                        .formatted(of.registry(), of.file(), why),
                cause);
    }

    int registries() {
        return registries;
    }

    /** Why what the files hold now is not trusted; empty where it is. */
    Optional<String> problem() {
        return watch.problem();
    }

    @Override
    public void close() {
        running.close();
    }
}
