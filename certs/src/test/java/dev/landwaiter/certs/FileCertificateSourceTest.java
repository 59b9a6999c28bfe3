package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class FileCertificateSourceTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-11-21T00:00:00Z");
    private final SelfSignedAuthority authority = new SelfSignedAuthority("test", DAY.multipliedBy(365), () -> now);
    private ServingCertificate first = authority.issueServer(List.of("first"), DAY);
    private final List<ServingCertificate> changes = new ArrayList<>();

    @BeforeEach
    void writeTheFirst() throws IOException {
        write(folder, first);
    }

    @Test
    void servesWhatTheFilesHold() {
        FileCertificateSource source = source();

        assertThat(source.get()).isEqualTo(first);
        assertThat(source.healthy()).isEqualTo(new Health.Healthy(first.notAfter()));
    }

    @Test
    void refusesToStartWithoutAFile() throws IOException {
        Files.delete(folder.resolve("tls.key"));

        assertThatThrownBy(this::source)
                .isInstanceOf(CertificateInvalid.class)
                .hasMessage(
                        "Could not read private key \"%s\": there is no such file. Check the path and its permissions."
                                .formatted(folder.resolve("tls.key")));
    }

    @Test
    void takesUpANewPair() throws IOException {
        FileCertificateSource source = source();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        write(folder, second);

        source.reload(changes::add);

        assertThat(source.get()).isEqualTo(second);
        assertThat(changes).containsExactly(second);
    }

    @Test
    void tellsNobodyWhereNothingChanged() {
        source().reload(changes::add);

        assertThat(changes).isEmpty();
    }

    @Test
    void keepsTheLastGoodPairAndSaysSoUntilTheFilesAreMended() throws IOException {
        FileCertificateSource source = source();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        Files.writeString(folder.resolve("tls.crt"), second.chainPem());

        source.reload(changes::add);

        assertThat(source.get()).isEqualTo(first);
        assertThat(changes).isEmpty();
        assertThat(source.healthy())
                .isEqualTo(new Health.Degraded(
                        first.notAfter(),
                        "Could not use certificate \"%s\": private key \"%s\" is not the key of its first certificate (CN=second). Give the two that were issued together, leaf first."
                                .formatted(folder.resolve("tls.crt"), folder.resolve("tls.key"))));

        Files.writeString(folder.resolve("tls.key"), second.keyPem());
        source.reload(changes::add);

        assertThat(changes).containsExactly(second);
        assertThat(source.healthy()).isEqualTo(new Health.Healthy(second.notAfter()));
    }

    @Test
    void isHealthyAgainWhereTheOldPairComesBack() throws IOException {
        FileCertificateSource source = source();
        Files.writeString(folder.resolve("tls.crt"), "half a cert");
        source.reload(changes::add);
        assertThat(source.healthy()).isInstanceOf(Health.Degraded.class);

        write(folder, first);
        source.reload(changes::add);

        assertThat(source.healthy()).isEqualTo(new Health.Healthy(first.notAfter()));
        assertThat(changes).isEmpty();
    }

    @Test
    void offersAPairAgainThatItsServerCouldNotTake() throws IOException {
        FileCertificateSource source = source();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        write(folder, second);

        source.reload(certificate -> {
            throw new IllegalStateException("not now");
        });
        assertThat(source.get()).isEqualTo(first);
        assertThat(source.healthy())
                .isEqualTo(new Health.Degraded(
                        first.notAfter(),
                        "Could not serve certificate \"%s\": not now. Check the log."
                                .formatted(folder.resolve("tls.crt"))));
        source.reload(changes::add);

        assertThat(changes).containsExactly(second);
    }

    @Test
    void isUnhealthyOnceItExpires() {
        FileCertificateSource source = source();
        now = now.plus(DAY);

        assertThat(source.healthy())
                .isEqualTo(
                        new Health.Unhealthy("the certificate of CN=first expired at 2026-11-22T00:00:00Z; renew it"));
    }

    @Test
    void theWatchSeesFilesThatAreRewritten() throws Exception {
        FileCertificateSource source = source();
        LinkedBlockingQueue<ServingCertificate> seen = new LinkedBlockingQueue<>();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        try (CertificateSource.Watch _ = source.start(seen::add)) {
            write(folder, second);

            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(second);
        }
    }

    @Test
    void theWatchSeesTheSwapOfAMountedSecret() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        write(Files.createDirectory(mount.resolve("..2026_1")), first);
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_1"));
        for (String name : List.of("tls.crt", "tls.key")) {
            Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
        }
        FileCertificateSource source =
                new FileCertificateSource(mount.resolve("tls.crt"), mount.resolve("tls.key"), () -> now);
        LinkedBlockingQueue<ServingCertificate> seen = new LinkedBlockingQueue<>();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        try (CertificateSource.Watch _ = source.start(seen::add)) {
            write(Files.createDirectory(mount.resolve("..2026_2")), second);
            Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_2"));
            Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(second);
        }
    }

    @Test
    void thePollFindsWhatNoEventTells() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path links = Files.createDirectory(folder.resolve("links"));
        write(elsewhere, first);
        for (String name : List.of("tls.crt", "tls.key")) {
            Files.createSymbolicLink(links.resolve(name), elsewhere.resolve(name));
        }
        FileCertificateSource source = new FileCertificateSource(
                links.resolve("tls.crt"), links.resolve("tls.key"), () -> now, Duration.ofMillis(20));
        LinkedBlockingQueue<ServingCertificate> seen = new LinkedBlockingQueue<>();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        try (CertificateSource.Watch _ = source.start(seen::add)) {
            write(elsewhere, second);

            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(second);
        }
    }

    @Test
    void aFileThatIsWrittenAllTheTimeBesideItHoldsUpNothing() throws Exception {
        FileCertificateSource source = source();
        LinkedBlockingQueue<ServingCertificate> seen = new LinkedBlockingQueue<>();
        ServingCertificate second = authority.issueServer(List.of("second"), DAY);
        Path log = folder.resolve("access.log");
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                append(log);
            }
        });
        try (CertificateSource.Watch _ = source.start(seen::add)) {
            write(folder, second);

            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(second);
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    private static void append(Path log) {
        try {
            Files.writeString(log, "a line\n", StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileCertificateSource source() {
        return new FileCertificateSource(folder.resolve("tls.crt"), folder.resolve("tls.key"), () -> now);
    }

    private static void write(Path where, ServingCertificate certificate) throws IOException {
        Files.writeString(where.resolve("tls.crt"), certificate.chainPem());
        Files.writeString(where.resolve("tls.key"), certificate.keyPem());
    }
}
