package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.fuzzing.PemCase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads as the core's reader does: certificates by their label, which is how many of them the table's good block makes. */
class PemReaderTest {
    @ParameterizedTest
    @EnumSource
    void readsOrRefusesAsEveryReaderOfPemDoes(PemCase of) throws IOException {
        byte[] text = of.text(certificate()).getBytes(StandardCharsets.US_ASCII);
        int expected = of.blocks().orElse(0);
        if (expected == 0) {
            assertThatExceptionOfType(CertificateInvalid.class)
                    .isThrownBy(() -> PemReader.certificates(text, "\"ca.crt\""))
                    .withMessageContaining(
                            of.blocks().isPresent()
                                    ? "no CERTIFICATE block is in it"
                                    : "Check that the file is complete.");
        } else {
            assertThat(PemReader.certificates(text, "\"ca.crt\"")).hasSize(expected);
        }
    }

    private static String certificate() throws IOException {
        try (InputStream in = Objects.requireNonNull(PemReaderTest.class.getResourceAsStream("/pem/certificate.pem"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
