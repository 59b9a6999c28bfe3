package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
    @TempDir
    Path folder;

    @Test
    void itIsReadEachTime() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "one\n");
        TokenFile token = new TokenFile(file);
        assertThat(token.getToken()).isEqualTo("one");

        Path _ = Files.writeString(file, "two");
        assertThat(token.getToken()).isEqualTo("two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "two\nlines", "caf\u00e9", "a\u0000b", "\ud83d\ude00"})
    void whatCannotBeUsedLeavesTheLastOne(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "one");
        TokenFile token = new TokenFile(file);
        assertThat(token.getToken()).isEqualTo("one");

        Path _ = Files.writeString(file, content);
        assertThat(token.getToken()).isEqualTo("one");
        Path _ = Files.write(file, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(token.getToken()).isEqualTo("one");
        Files.delete(file);
        assertThat(token.getToken()).isEqualTo("one");

        Path _ = Files.writeString(file, "two");
        assertThat(token.getToken()).isEqualTo("two");
    }

    @Test
    void whereThereWasNoneNoneIsSent() {
        assertThat(new TokenFile(folder.resolve("none")).getToken()).isEmpty();
    }
}
