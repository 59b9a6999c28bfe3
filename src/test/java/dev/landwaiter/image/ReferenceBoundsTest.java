package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.landwaiter.failure.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The first and the last of each range that a reference may have, and what lies just beyond. */
class ReferenceBoundsTest {
    private static final String HOST_OF_253 =
            "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + "." + "d".repeat(61);

    @ParameterizedTest
    @ValueSource(strings = {"a", "z", "0", "9", "az09", "a.b", "a_b", "a__b", "a---b"})
    void repositories(String repository) {
        assertThat(ImageReference.parse("r.test/" + repository).repository()).isEqualTo(repository);
    }

    @ParameterizedTest
    @ValueSource(strings = {"`", "{", ";", "!", "a`", "{a", "a;b", "a..b", "a___b", ".a", "a-", "-a", "_", "a//b"})
    void noRepositories(String repository) {
        assertThat(why("r.test/" + repository)).startsWith("the repository");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "Z", "AZ"})
    void upperCaseIsToldAsSuch(String repository) {
        assertThat(why("r.test/" + repository)).startsWith("the repository has an upper-case letter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "b["})
    void whatFollowsTheUpperCaseLettersIsNone(String repository) {
        assertThat(why("r.test/" + repository)).contains("is not letters and digits joined by");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "z", "A", "Z", "0", "9", "_", "_.-", "a.b-c_d"})
    void tags(String tag) {
        assertThat(ImageReference.parse("r.test/a:" + tag).tag()).contains(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".a", "-a", "`", "{", "[", "^", "a;", "a+b"})
    void noTags(String tag) {
        assertThat(why("r.test/a:" + tag)).startsWith("the tag is not");
    }

    @ParameterizedTest
    @CsvSource({
        "1, true",
        "65535, true",
        "65536, false",
        "0, false",
        "00000, false",
        "100000, false",
        "'8;', false",
        "'8/', false"
    })
    void ports(String port, boolean good) {
        if (good) {
            assertThat(ImageReference.parse("r.test:" + port + "/a").registry()).isEqualTo("r.test:" + port);
        } else if (!port.endsWith("/")) {
            assertThat(why("r.test:" + port + "/a")).startsWith("the registry's port");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.z", "0.9", "a-b.test", "localhost", "r.test"})
    void hosts(String host) {
        assertThat(ImageReference.parse(host + "/a").registry()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-a.test", "a-.test", "a..test", "a_b.test", "a;.test", "`.test", "{.test", ".test", "test."})
    void noHosts(String host) {
        assertThat(why(host + "/a")).startsWith("the registry is not a host name");
    }

    @Test
    void lengths() {
        assertThat(ImageReference.parse("r.test/a:" + "t".repeat(128)).tag()).isPresent();
        assertThat(why("r.test/a:" + "t".repeat(129))).startsWith("the tag is not 1 to 128");
        assertThat(ImageReference.parse("r.test/" + "a".repeat(255)).repository())
                .hasSize(255);
        assertThat(why("r.test/" + "a".repeat(256))).startsWith("the repository is longer than 255");
        assertThat(ImageReference.parse(HOST_OF_253 + "/a").registry()).hasSize(253);
        assertThat(why(HOST_OF_253 + "d/a")).startsWith("the registry is longer than 253");
        // whole, though it is nothing: what is longer is not even looked at
        assertThat(why("r.test/" + "A".repeat(1024 - 7))).startsWith("the repository");
        assertThat(why("r.test/" + "A".repeat(1025 - 7))).startsWith("it is longer than 1024 characters");
    }

    @Test
    void characters() {
        assertThat(why("r.test/~")).startsWith("the repository");
        assertThat(why("r.test/ ")).startsWith("the repository");
        assertThat(why("r.test/a\u007f")).startsWith("it has the character");
        assertThat(why("r.test/a\u001f")).startsWith("it has the character");
    }

    @Test
    void whatStandsAtTheVeryBeginning() {
        assertThat(why("@sha256:" + "a".repeat(64))).startsWith("the repository has an empty part");
        assertThat(why(":tag")).startsWith("the repository has an empty part");
        assertThat(why("/a")).startsWith("the repository has an empty part");
    }

    @Test
    void sixtyFourHexDigitsAreAnIdAndNoName() {
        assertThat(why("0af9".repeat(16))).startsWith("64 hex digits alone");
        assertThat(ImageReference.parse("0af9".repeat(15)).repository()).startsWith("library/0af9");
        assertThat(ImageReference.parse("0afg".repeat(16)).repository()).startsWith("library/0afg");
        assertThat(ImageReference.parse("r.test/" + "0af9".repeat(16)).repository())
                .hasSize(64);
    }

    private static String why(String text) {
        Failure failure = catchThrowableOfType(Failure.class, () -> ImageReference.parse(text));
        assertThat(failure).as(text).isNotNull();
        return failure.message().substring(failure.message().indexOf("\": ") + 3);
    }
}
