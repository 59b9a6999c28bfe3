package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    private static final String EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void isOfContent() {
        assertThat(Digest.sha256(new byte[0])).hasToString(EMPTY).isEqualTo(Digest.parse(EMPTY));
        assertThat(Digest.parse(EMPTY).matches(new byte[0])).isTrue();
        assertThat(Digest.parse(EMPTY).matches("x".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(Digest.parse(EMPTY).raw()).hasSize(32);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    sha256                      | it has no ':'
                    sha256:                     | sha256 takes 64 lower-case hex digits
                    sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855 | sha256 takes 64 lower-case hex digits
                    sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709 | the algorithm is not sha256 or sha512
                    """)
    void saysWhatIsWrong(String text, String why) {
        assertThatThrownBy(() -> Digest.parse(text))
                .hasMessage("Could not read digest \"%s\": %s. Expected: sha256:<64 hex digits>.".formatted(text, why));
    }
}
