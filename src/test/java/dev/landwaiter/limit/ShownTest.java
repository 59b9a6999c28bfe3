package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTest {
    @Test
    void plainTextStaysTheSameObject() {
        String text = "https://github.com/acme/api/.github/workflows/release.yaml@refs/heads/main";

        assertThat(Shown.of(text, text.length())).isSameAs(text);
        assertThat(Shown.whole(text)).isSameAs(text);
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: what a terminal would obey is shown by its escape")
    void controlCharactersAreShownByTheirEscapes() {
        assertThat(Shown.of("a\r\nb\tc\u0000d\u007fe\u001b[31mf\u0085g", 100))
                .isEqualTo("a\\r\\nb\\tc\\u0000d\\u007fe\\u001b[31mf\\u0085g");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: what nobody could see is shown by its escape")
    void whatNobodyCouldSeeIsShownByItsEscape() {
        assertThat(Shown.of("gnp\u202e.exe \u2066x\u2069 a\u200bb \u2028 \ufeff", 100))
                .isEqualTo("gnp\\u202e.exe \\u2066x\\u2069 a\\u200bb \\u2028 \\ufeff");
        assertThat(Shown.of("a" + Character.toString(0xE0001) + "b\ue000", 100)).isEqualTo("a\\u{e0001}b\\ue000");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: half of a surrogate pair is shown by its escape, so that it can be written")
    void halfOfASurrogatePairIsShownByItsEscape() {
        assertThat(Shown.of("a\ud83d", 100)).isEqualTo("a\\ud83d");
        assertThat(Shown.of("\ude00a \ud83d\ude00", 100)).isEqualTo("\\ude00a \ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource({"0, …", "3, abc…", "5, abcde", "6, abcde"})
    void longTextEndsWithAnEllipsis(int most, String shown) {
        assertThat(Shown.of("abcde", most)).isEqualTo(shown);
    }

    @Test
    void aLongMessageSaysHowMuchIsMissing() {
        assertThat(Shown.message("abcde", 5)).isEqualTo("abcde");
        assertThat(Shown.message("abc\ud83d\ude00e", 3)).isEqualTo("abc… (2 more characters)");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: no text is cut within a character")
    void noTextIsCutWithinACharacter() {
        String faces = "\ud83d\ude00".repeat(4);

        assertThat(Shown.of(faces, 4)).isEqualTo(faces);
        assertThat(Shown.of(faces, 3)).isEqualTo("\ud83d\ude00".repeat(3) + "…");
        assertThat(Shown.of("ab\u202ec", 7)).as("nor within an escape").isEqualTo("ab…");
        assertThat(Shown.of("ab\u202ec", 8)).isEqualTo("ab\\u202e…");
    }

    @Test
    void lettersOutsideOfAsciiStay() {
        String text = "Zoë 日本 \ud83d\ude00";

        assertThat(Shown.of(text, 100)).isSameAs(text);
    }

    @Test
    void whatWasMadeFitStaysAsItIs() {
        String once = Shown.of("a\n\u202e\ud800\\n", 100);

        assertThat(Shown.of(once, 100)).isSameAs(once);
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: whatever the text is, what is shown of it can be written, on one line")
    void whatIsShownCanAlwaysBeWritten() throws CharacterCodingException {
        for (int c = Character.MIN_VALUE; c <= Character.MAX_VALUE; c++) {
            String shown = Shown.of("x" + (char) c + "y", 100);

            assertThat(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(shown)))
                    .isNotNull();
            assertThat(shown.lines()).hasSize(1);
        }
    }
}
