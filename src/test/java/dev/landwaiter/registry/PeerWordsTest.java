package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PeerWordsTest {
    private final PeerWords words = new PeerWords(Limits.defaults());

    @Test
    void codeAndMessageOfTheFirstErrorAreQuoted() {
        assertThat(
                        of(
                                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\",\"detail\":\"secret\"},{\"code\":\"OTHER\"}]}"))
                .isEqualTo("403 DENIED \"no\"");
    }

    @Test
    void whatIsNotAnOciErrorIsNotQuoted() {
        assertThat(of("<html>aws_secret_access_key=abc</html>")).isEqualTo("403");
        assertThat(of("{\"AccessKeyId\":\"abc\"}")).isEqualTo("403");
        assertThat(of("")).isEqualTo("403");
        assertThat(of("[".repeat(10_000))).isEqualTo("403");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: controls and direction marks are shown by their escapes, and length is bounded")
    void controlsAndDirectionMarksAreEscapedAndLengthIsBounded() {
        assertThat(of("{\"errors\":[{\"code\":\"X\",\"message\":\"a\\u001b[31mb\\nc\\u202ed\\\"e\"}]}"))
                .isEqualTo("403 X \"a\\u001b[31mb\\nc\\u202ed'e\"");
        assertThat(of("{\"errors\":[{\"code\":\"" + "C".repeat(99) + "\",\"message\":\"" + "m".repeat(999) + "\"}]}"))
                .isEqualTo("403 " + "C".repeat(40) + "… \"" + "m".repeat(200) + "…\"");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: half of a surrogate pair is shown by its escape")
    void halfOfASurrogatePairIsEscaped() {
        assertThat(of("{\"errors\":[{\"code\":\"X\",\"message\":\"a\\ud83d\"}]}"))
                .isEqualTo("403 X \"a\\ud83d\"");
    }

    private String of(String body) {
        return words.of(new HttpTransport.Response(403, Map.of(), body.getBytes(StandardCharsets.UTF_8)));
    }
}
