package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.fuzzing.Seeds;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Certificates and keys as files hold them: whatever that is, it is read, or refused in words that quote nothing of a key. */
class PemFuzzTest {
    @Seeds(resources = {"pem/certificate.pem", "pem/ec-sec1.pem"})
    @FuzzTest
    void certificatesAreReadOrRefused(byte[] data) {
        Optional<List<X509Certificate>> read = read(() -> PemReader.certificates(data, "\"tls.crt\""));

        assertThat(read.orElse(List.of())).doesNotContainNull();
    }

    @Seeds(resources = "pem/*.pem")
    @FuzzTest
    void aPrivateKeyIsReadOrRefused(byte[] data) {
        Optional<PrivateKey> read = read(() -> PemReader.privateKey(data, "\"tls.key\""));

        assertThat(read.map(PrivateKey::getAlgorithm)).isNotEqualTo(Optional.of(""));
    }

    private static <T> Optional<T> read(Supplier<T> reader) {
        try {
            return Optional.of(reader.get());
        } catch (CertificateInvalid e) {
            assertThat(e.message()).startsWith("Could not read ").hasSizeLessThan(300);
            return Optional.empty();
        }
    }
}
