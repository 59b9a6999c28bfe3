package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("attack-51")
class FoldedKeyTest {
    @ParameterizedTest
    @CsvSource({
        "digest, Digest",
        "digest, DIGEST",
        "digest, dige\u017ft",
        "docker_version, doc\u212Aer_version",
        "mediaType, media_type",
        "os.version, OS.Version",
        "diff_ids, diffIDs",
        "docker-manifest-digest, DockerManifestDigest",
    })
    void isTheSameForWhatSomeReaderTakesForOne(String key, String other) {
        assertThat(FoldedKey.of(other)).isEqualTo(FoldedKey.of(key));
    }

    @ParameterizedTest
    @CsvSource({"os, os.version", "manifest, manifests", "digest, d\u00efgest", "os.version, osversion"})
    void differsForWhatNobodyTakesForOne(String key, String other) {
        assertThat(FoldedKey.of(other)).isNotEqualTo(FoldedKey.of(key));
    }

    @Test
    void foldsToAsciiWhatGoFoldsToAsciiAndTheTwoTurkishLetters() {
        List<String> toAscii = IntStream.rangeClosed(0x80, Character.MAX_CODE_POINT)
                .mapToObj(Character::toString)
                .filter(text -> FoldedKey.of(text).chars().allMatch(c -> c < 0x80))
                .toList();

        assertThat(toAscii).containsExactly("\u0130", "\u0131", "\u017f", "\u212a");
    }
}
