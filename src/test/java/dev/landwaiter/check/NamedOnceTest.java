package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedOnceTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            r.test/a:1 | Could not resolve "r.test/a:1": refused. Retry. | could not resolve it: refused. Retry.
            r.test/a:1 | Could not fetch manifest of r.test/a:1: r.test answered 404. | could not fetch its manifest: r.test answered 404.
            r.test/a:1 | Could not fetch manifest of r.test/a:1 from r.test: it is slow. | could not fetch its manifest from r.test: it is slow.
            r.test/a:1 | Could not look up r.test/a:1: the time ran out. | could not look it up: the time ran out.
            nginx | Could not fetch manifest of docker.io/library/nginx:latest: no. | Could not fetch manifest of docker.io/library/nginx:latest: no.
            r.test/a:1 | no signature was found. Sign it. | no signature was found. Sign it.
            r.test/a | Could not resolve "r.test/a:1": refused. | Could not resolve "r.test/a:1": refused.
            """)
    void saysItWhereTheImageIsNamedAlready(String reference, String message, String said) {
        assertThat(NamedOnce.of(reference, message)).isEqualTo(said);
    }
}
