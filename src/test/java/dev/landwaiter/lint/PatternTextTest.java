package dev.landwaiter.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lint proposes in place of a pattern takes what its author had in mind, and nobody else's. */
class PatternTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            ^w@refs/tags/v ; w@refs/tags/v1.4.0
            ^w@refs/tags/v ; w@refs/tags/v2
            w@refs/tags/v ; w@refs/tags/v1.4.0
            ^w@refs/tags/release- ; w@refs/tags/release-7
            ^w@refs/tags/api/v ; w@refs/tags/api/v1.0
            ^w@refs/tags/v1\\. ; w@refs/tags/v1.12
            ^w@refs/tags/v[0-9] ; w@refs/tags/v1.4.0
            ^w@refs/tags/v[0-9]+ ; w@refs/tags/v10.4
            ^w@refs/tags/v\\d ; w@refs/tags/v1.4.0
            ^w@refs/tags/v1\\.4 ; w@refs/tags/v1.4
            ^w@refs/tags/stable ; w@refs/tags/stable
            ^w@refs/heads/main ; w@refs/heads/main
            ^w@refs/heads/release- ; w@refs/heads/release-1.x
            ^w@refs/tags/v|^x@refs/heads/main ; w@refs/tags/v1.4.0
            ^w@refs/tags/v|^x@refs/heads/main ; x@refs/heads/main
            """)
    void whatIsProposedTakesRealNamesAndNoLongerOnes(String pattern, String subject) {
        Pattern proposed = Pattern.compile(PatternText.whole(pattern));

        assertThat(proposed.matcher(subject).find())
                .as("%s takes %s", proposed, subject)
                .isTrue();
        assertThat(proposed.matcher(subject + "/stranger").find()).isFalse();
        assertThat(proposed.matcher("x/" + subject).find()).isFalse();
    }
}
