package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedAuthoritiesTest {
    @TempDir
    Path folder;

    private final SelfSignedAuthority one = new SelfSignedAuthority("one", Duration.ofDays(1), InstantSource.system());
    private final SelfSignedAuthority two = new SelfSignedAuthority("two", Duration.ofDays(1), InstantSource.system());

    @Test
    void readsEveryAuthorityOfAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("ca.crt"), one.certificatePem() + two.certificatePem());

        TrustedAuthorities authorities = TrustedAuthorities.read(file);

        assertThat(authorities.certificates()).containsExactly(one.certificate(), two.certificate());
        assertThat(authorities.pem()).isEqualTo(one.certificatePem() + two.certificatePem());
    }

    @Test
    void refusesACertificateThatIsNoAuthority() throws IOException {
        Path file = folder.resolve("ca.crt");
        Files.writeString(
                file, one.issueServer(List.of("leaf"), Duration.ofHours(1)).chainPem());

        assertThatThrownBy(() -> TrustedAuthorities.read(file))
                .hasMessage(
                        "Could not use certificate \"%s\" as an authority: CN=leaf is not a CA's certificate. Give that of the CA that signs the others."
                                .formatted(file));
    }

    @Test
    void saysWhichFileIsMissing() {
        Path file = folder.resolve("none.crt");

        assertThatThrownBy(() -> TrustedAuthorities.read(file))
                .isInstanceOf(CertificateInvalid.class)
                .hasMessage(
                        "Could not read certificate \"%s\": there is no such file. Check the path and its permissions."
                                .formatted(file));
    }
}
