package dev.landwaiter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.http.HttpTransport.Response;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @Test
    void theRestIsAskedFor() {
        assertThat(ByteRange.header(1_000)).isEqualTo("bytes=1000-");
    }

    @ParameterizedTest
    @CsvSource({"bytes 1000-1999/2000, 1000", "bytes 1000-1999/*, 1000"})
    void whatIsSentIsWhatWasAskedFor(String range, long start) {
        assertThat(ByteRange.start(answer(206, range), 1_000)).hasValue(start);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes 0-1999/2000",
                "bytes 1001-1999/2000",
                "bytes */2000",
                "lines 1000-1999/2000",
                "bytes 1000",
                "bytes 99999999999999999999-1/2",
                "bytes 1000-1999/2000, 1-2/3"
            })
    void anythingElseIsNobodysPart(String range) {
        assertThat(ByteRange.start(answer(206, range), 1_000)).isEmpty();
    }

    @Test
    void aPartThatWasNotAskedForIsNone() {
        assertThat(ByteRange.start(answer(206, "bytes 0-9/10"), 0)).isEmpty();
    }

    @Test
    void whoKnowsNoPartsSendsAll() {
        assertThat(ByteRange.start(answer(200, ""), 1_000)).isEqualTo(OptionalLong.of(0));
    }

    private static Response answer(int status, String range) {
        return new Response(status, range.isEmpty() ? Map.of() : Map.of("content-range", range), new byte[0]);
    }
}
