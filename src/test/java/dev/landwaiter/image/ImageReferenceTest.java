package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String D = "sha256:4127b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nginx                              | docker.io            | registry-1.docker.io | library/nginx | latest
                    nginx:1.27                         | docker.io            | registry-1.docker.io | library/nginx | 1.27
                    acme/api                           | docker.io            | registry-1.docker.io | acme/api      | latest
                    docker.io/nginx                    | docker.io            | registry-1.docker.io | library/nginx | latest
                    index.docker.io/library/nginx:1    | docker.io            | registry-1.docker.io | library/nginx | 1
                    registry-1.docker.io/acme/api      | docker.io            | registry-1.docker.io | acme/api      | latest
                    ghcr.io/acme/api:1.4               | ghcr.io              | ghcr.io              | acme/api      | 1.4
                    ghcr.io:443/acme/api:1.4           | ghcr.io              | ghcr.io              | acme/api      | 1.4
                    GHCR.io/acme/api                   | ghcr.io              | ghcr.io              | acme/api      | latest
                    localhost/i                        | localhost            | localhost            | i             | latest
                    localhost:5000/i:v1                | localhost:5000       | localhost:5000       | i             | v1
                    localhost:05000/i:v1               | localhost:5000       | localhost:5000       | i             | v1
                    registry:443/app                   | registry:443         | registry             | app           | latest
                    127.0.0.1:5443/test/busybox        | 127.0.0.1:5443       | 127.0.0.1:5443       | test/busybox  | latest
                    [::1]:5000/i:v1                    | [::1]:5000           | [::1]:5000           | i             | v1
                    [FD00::A]:5000/i                   | [fd00::a]:5000       | [fd00::a]:5000       | i             | latest
                    [2001:db8::1]/i                    | [2001:db8::1]        | [2001:db8::1]        | i             | latest
                    myhost:5000/a/b-c/d__e/f.g:V_1.x-y | myhost:5000          | myhost:5000          | a/b-c/d__e/f.g | V_1.x-y
                    a---b/c                            | docker.io            | registry-1.docker.io | a---b/c       | latest
                    Acme/api                           | acme:443             | acme                 | api           | latest
                    """)
    void readsReferences(String text, String registry, String host, String repository, String identifier) {
        ImageReference reference = ImageReference.parse(text);

        assertThat(reference.registry()).isEqualTo(registry);
        assertThat(reference.host()).isEqualTo(host);
        assertThat(reference.repository()).isEqualTo(repository);
        assertThat(reference.identifier()).isEqualTo(identifier);
        assertThat(reference.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                   | it is empty
                    UPPER                | the repository has an upper-case letter
                    ghcr.io/Acme/api     | the repository has an upper-case letter
                    nginx:               | the tag is not 1 to 128 letters, digits, '_', '.' or '-'
                    nginx:-a             | the tag is not 1 to 128 letters, digits, '_', '.' or '-'
                    nginx:a b            | the tag is not 1 to 128 letters, digits, '_', '.' or '-'
                    nginx@sha256:abc     | what follows '@' is not a digest (sha256: and 64 lower-case hex digits)
                    nginx@md5:abc        | what follows '@' is not a digest (sha256: and 64 lower-case hex digits)
                    a//b                 | the repository has an empty part
                    ghcr.io/             | the repository has an empty part
                    /nginx               | the repository has an empty part
                    a..b                 | the repository's part 'a..b' is not letters and digits joined by '.', '_', '__' or '-'
                    a___b                | the repository's part 'a___b' is not letters and digits joined by '.', '_', '__' or '-'
                    -a                   | the repository's part '-a' is not letters and digits joined by '.', '_', '__' or '-'
                    ghcr.io/a-           | the repository's part 'a-' is not letters and digits joined by '.', '_', '__' or '-'
                    https://ghcr.io/a    | the registry's port is not a number from 1 to 65535
                    ghcr.io:99999/a      | the registry's port is not a number from 1 to 65535
                    ghcr.io:0/a          | the registry's port is not a number from 1 to 65535
                    -ghcr.io/a           | the registry is not a host name
                    ghcr..io/a           | the registry is not a host name
                    ghcr.io./a           | the registry is not a host name
                    user@ghcr.io/a       | what follows '@' is not a digest (sha256: and 64 lower-case hex digits)
                    [::g]/a              | the registry's IPv6 address has a character that no address has
                    [1:2]/a              | what stands in brackets for the registry is not an IPv6 address
                    [1:2]:5000/a         | what stands in brackets for the registry is not an IPv6 address
                    []:5000/a            | what stands in brackets for the registry is not an IPv6 address
                    [:::1]/a             | what stands in brackets for the registry is not an IPv6 address
                    [1::2::3]/a          | what stands in brackets for the registry is not an IPv6 address
                    [127.0.0.1]/a.b      | what stands in brackets for the registry is not an IPv6 address
                    [1:2:3:4:5:6:7:8:9]/a | what stands in brackets for the registry is not an IPv6 address
                    [fd00:0::5]:5000/a   | the registry's address is not written as policies know it: write [fd00::5]
                    [FD00:0:0:0:0:0:0:5]/a | the registry's address is not written as policies know it: write [fd00::5]
                    [fd00::0005]:5000/a  | the registry's address is not written as policies know it: write [fd00::5]
                    [fd00::10.0.0.5]/a   | the registry's address is not written as policies know it: write [fd00::a00:5]
                    [::ffff:a00:5]:5000/a | the registry's address is not written as policies know it: write 10.0.0.5
                    [::ffff:10.0.0.5]/a  | the registry's address is not written as policies know it: write 10.0.0.5
                    4127b7963c0e4de860e7b693bd8bb603f1a4e9f5d96b30a58077a0c4022bae7f | 64 hex digits alone are an image ID, not a name
                    """)
    void saysWhyItIsNoReference(String text, String why) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOfSatisfying(
                        Failure.class, e -> assertThat(e.code()).isEqualTo(Code.IMAGE_REFERENCE_INVALID))
                .hasMessage(
                        "Could not read image reference \"%s\": %s. Expected: [registry[:port]/]repository[:tag][@sha256:…]."
                                .formatted(text, why));
    }

    @ParameterizedTest
    @Tag("attack-67")
    @DisplayName(
            "Attack 67: a character that a terminal would obey or a reader could not see is refused, and shown escaped")
    @CsvSource({
        "a\u202ebc,       \\u202e",
        "ghcr.io/a\u200bb,      \\u200b",
        "ghcr.io/a:1\u001b[31m, \\u001b",
        "ghcr.io/a\ud800,       \\ud800",
        "ghcr.io/a\u007fb,      \\u007f",
    })
    void aCharacterThatNobodySeesIsRefused(String text, String escape) {
        String shown = Shown.whole(text);
        assertThat(shown).contains(escape).isNotEqualTo(text);

        assertThatThrownBy(() -> ImageReference.parse(text))
                .hasMessage(
                        "Could not read image reference \"%s\": it has the character '%s', which no reference has. Expected: [registry[:port]/]repository[:tag][@sha256:…]."
                                .formatted(shown, escape));
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: a line break in a reference makes no second line of a message")
    void aLineBreakIsShownEscaped() {
        assertThatThrownBy(() -> ImageReference.parse("ghcr.io/a\nb"))
                .hasMessage(
                        "Could not read image reference \"ghcr.io/a\\nb\": it has the character '\\n', which no reference has. Expected: [registry[:port]/]repository[:tag][@sha256:…].");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: a letter that becomes one of ASCII in lower case is no other spelling of it")
    void lettersOutsideOfAsciiAreRefusedBeforeTheyAreMadeLowerCase() {
        assertThatThrownBy(() -> ImageReference.parse("\u212a8s.gcr.io/pause"))
                .hasMessageContaining("it has the character '\u212a', which no reference has");
    }

    @Test
    @Tag("attack-67")
    @DisplayName("Attack 67: a text that is too long is not cut within a character")
    void aLongTextIsNotCutWithinACharacter() {
        assertThatThrownBy(() -> ImageReference.parse("\ud83d\ude00".repeat(600)))
                .hasMessageContaining("\"" + "\ud83d\ude00".repeat(64) + "…\": it is longer than 1024 characters");
    }

    @Test
    void bindsLengths() {
        String longest = "a".repeat(255);
        assertThat(ImageReference.parse("ghcr.io/" + longest).repository()).hasSize(255);
        assertThatThrownBy(() -> ImageReference.parse("ghcr.io/a" + longest)).hasMessageContaining("longer than 255");
        assertThatThrownBy(() -> ImageReference.parse("a".repeat(250)))
                .as("'library/' counts")
                .hasMessageContaining("longer than 255");
        assertThatThrownBy(() -> ImageReference.parse("a.".repeat(127) + "a/b"))
                .hasMessageContaining("the registry is longer than 253 characters");
        assertThat(ImageReference.parse("a:" + "t".repeat(128)).identifier()).hasSize(128);
        assertThatThrownBy(() -> ImageReference.parse("a:" + "t".repeat(129))).hasMessageContaining("the tag is not");
        assertThatThrownBy(() -> ImageReference.parse("a".repeat(5000)))
                .hasMessageContaining("longer than 1024")
                .hasMessageNotContaining("a".repeat(100));
    }

    @Test
    void theDigestWinsOverTheTag() {
        ImageReference reference = ImageReference.parse("ghcr.io/acme/api:1.4@" + D);

        assertThat(reference.identifier()).isEqualTo(D);
        assertThat(reference.tag()).contains("1.4");
        assertThat(reference.digest()).contains(Digest.parse(D));
        assertThat(reference.canonical()).isEqualTo("ghcr.io/acme/api:1.4@" + D);
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, nginx:latest@",
        "nginx:1, nginx:1@",
        "localhost:5000/i, localhost:5000/i:latest@",
        "GHCR.io/acme/api:1.4, GHCR.io/acme/api:1.4@"
    })
    void pinsTheTextAsWritten(String text, String pinned) {
        assertThat(ImageReference.parse(text).pinned(Digest.parse(D))).isEqualTo(pinned + D);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx@" + D, "nginx:1@" + D})
    void leavesADigestAlone(String text) {
        assertThat(ImageReference.parse(text).pinned(Digest.sha256(new byte[0])))
                .isEqualTo(text);
    }

    @Test
    void isEqualHoweverItIsWritten() {
        assertThat(ImageReference.parse("nginx"))
                .isEqualTo(ImageReference.parse("index.docker.io/library/nginx"))
                .hasSameHashCodeAs(ImageReference.parse("docker.io/nginx"))
                .isNotEqualTo(ImageReference.parse("nginx:latest"));
    }
}
