package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTest {
    @Test
    void plainTextStaysTheSameObject() {
        String text = "https://github.com/acme/api/.github/workflows/release.yaml@refs/heads/main";

        assertThat(Shown.of(text, text.length())).isSameAs(text);
    }

    @Test
    void eachControlCharacterIsAQuestionMark() {
        assertThat(Shown.of("a\r\nb\tc\u0000d\u007fe", 100)).isEqualTo("a??b?c?d?e");
    }

    @ParameterizedTest
    @CsvSource({"0, …", "3, abc…", "5, abcde", "6, abcde"})
    void longTextEndsWithAnEllipsis(int most, String shown) {
        assertThat(Shown.of("abcde", most)).isEqualTo(shown);
    }

    @Test
    void lettersOutsideOfAsciiStay() {
        assertThat(Shown.of("Zoë \u0085 日本", 100)).isEqualTo("Zoë \u0085 日本");
    }
}
