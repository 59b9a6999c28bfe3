package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class FileAuthoritiesSourceTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final SelfSignedAuthority one = new SelfSignedAuthority("one", DAY, InstantSource.system());
    private final SelfSignedAuthority two = new SelfSignedAuthority("two", DAY, InstantSource.system());
    private final List<TrustedAuthorities> changes = new ArrayList<>();
    private Path file;

    @BeforeEach
    void writeTheFirst() throws IOException {
        file = Files.writeString(folder.resolve("ca.crt"), one.certificatePem());
    }

    private static TrustedAuthorities of(SelfSignedAuthority authority) {
        return new TrustedAuthorities(List.of(authority.certificate()));
    }

    @Test
    void takesUpWhatTheFileHoldsNow() throws IOException {
        FileAuthoritiesSource source = new FileAuthoritiesSource(file);
        assertThat(source.get()).isEqualTo(of(one));
        Files.writeString(file, two.certificatePem());

        source.reload(changes::add);
        source.reload(changes::add);

        assertThat(source.get()).isEqualTo(of(two));
        assertThat(changes).containsExactly(of(two));
        assertThat(source.problem()).isEmpty();
    }

    @Test
    void keepsTheLastGoodOnesAndSaysWhy() throws IOException {
        FileAuthoritiesSource source = new FileAuthoritiesSource(file);
        Files.delete(file);

        source.reload(changes::add);

        assertThat(source.get()).isEqualTo(of(one));
        assertThat(changes).isEmpty();
        assertThat(source.problem())
                .contains(
                        "Could not read certificate \"%s\": there is no such file. Check the path and its permissions."
                                .formatted(file));

        Files.writeString(file, one.certificatePem());
        source.reload(changes::add);
        assertThat(source.problem()).isEmpty();
    }

    @Test
    void triesAgainWhatCouldNotBeTaken() throws IOException {
        FileAuthoritiesSource source = new FileAuthoritiesSource(file);
        Files.writeString(file, two.certificatePem());

        source.reload(_ -> {
            throw new IllegalStateException("busy");
        });
        assertThat(source.get()).isEqualTo(of(one));
        assertThat(source.problem())
                .contains("Could not trust the authorities of \"%s\": busy. Check the log.".formatted(file));

        source.reload(changes::add);
        assertThat(changes).containsExactly(of(two));
        assertThat(source.problem()).isEmpty();
    }

    @Test
    void aChangeIsNoticed() throws Exception {
        LinkedBlockingQueue<TrustedAuthorities> noticed = new LinkedBlockingQueue<>();
        FileAuthoritiesSource source = new FileAuthoritiesSource(file, Duration.ofMillis(50));
        try (CertificateSource.Watch _ = source.start(noticed::add)) {
            Files.writeString(file, two.certificatePem());

            assertThat(noticed.poll(10, TimeUnit.SECONDS)).isEqualTo(of(two));
        }
    }

    @Test
    void refusesToStartWithoutAFile() {
        assertThatThrownBy(() -> new FileAuthoritiesSource(folder.resolve("none.crt")))
                .isInstanceOf(CertificateInvalid.class);
    }
}
