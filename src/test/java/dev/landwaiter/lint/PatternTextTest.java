package dev.landwaiter.lint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "^a$; true; true",
                "a; false; false",
                "^a|b$; false; false",
                "^(a|b)$; true; true",
                "(^a$|^b$); true; true",
                "(?i)^a$; true; true",
                "\\Aa\\z; true; true",
                "^a\\$; true; false",
                "^a\\\\$; true; true",
                "[|^]a$; false; true",
                "^[|]$; true; true",
                "^a/; true; true",
                "^a@; true; true",
                "^a.*; true; true",
                "^(a; true; false",
                "(?:^a|b)c$; false; true"
            })
    void anchorsAreSeenWhereTheyBindTheWholePattern(String pattern, boolean start, boolean end) {
        assertThat(PatternText.anchoredStart(pattern)).isEqualTo(start);
        assertThat(PatternText.anchoredEnd(pattern)).isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"a.b; a\\.b", "a\\.b; a\\.b", "a.*b; a.*b", "[a.b].c; [a.b].c", "a.b.c; a\\.b\\.c", ".a; .a"})
    void dotsBetweenLettersAreEscaped(String pattern, String escaped) {
        assertThat(PatternText.withDotsEscaped(pattern)).isEqualTo(escaped);
    }
}
