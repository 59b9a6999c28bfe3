package dev.landwaiter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.landwaiter.check.Outcome;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentRecordsTest {
    private final RecentRecords recent = new RecentRecords();

    private static Records records(String slot, String tag, String... signers) {
        ImageRecord record = new ImageRecord(
                "ghcr.io/acme/api",
                tag,
                "sha256:" + "1".repeat(64),
                "linux/amd64",
                Outcome.VERIFIED,
                List.of("signed"),
                List.of(signers),
                List.of());
        return Records.of(Map.of(slot, record), Integer.MAX_VALUE);
    }

    @Test
    void thePodsOfOneWorkloadShareOneRendering() {
        Records first = recent.same(records("containers/api", "1.4", "release"));

        assertThat(recent.same(records("containers/api", "1.4", "release")))
                .isSameAs(first)
                .extracting(Records::text)
                .isEqualTo(records("containers/api", "1.4", "release").text());
    }

    @Test
    void whatDiffersInAnythingIsRenderedByItself() {
        List<Records> different = List.of(
                records("containers/api", "1.4", "release"),
                records("containers/web", "1.4", "release"),
                records("containers/api", "1.5", "release"),
                records("containers/api", "1.4", "release", "security"),
                Records.NONE);

        assertThat(different.stream().map(recent::same)).containsExactlyElementsOf(different);
        assertThat(different.stream().map(recent::same).map(Records::text)).doesNotHaveDuplicates();
    }

    @Test
    void manyAreForgottenAndRenderedAnew() {
        List<String> texts = IntStream.range(0, 10_000)
                .mapToObj(i -> recent.same(records("containers/api", "1." + i, "release")))
                .map(Records::text)
                .toList();

        assertThat(recent.characters()).isLessThanOrEqualTo(2 << 20);
        assertThat(recent.same(records("containers/api", "1.0", "release")).text())
                .isEqualTo(texts.getFirst());
    }

    @Test
    void theEscapedLineIsTheText() throws Exception {
        Records records = records("containers/\"ä", "1.4", "https://issuer\\alice");
        assertThat(escaped(json -> json.writeString(records.line())))
                .isEqualTo(escaped(json -> json.writeString(records.text())));
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static String escaped(Writing writing) throws IOException {
        StringWriter written = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(written)) {
            writing.to(json);
        }
        return written.toString();
    }

    @Test
    void halfOfASurrogatePairStaysEscaped() throws Exception {
        Records records = recent.same(records("containers/\ud800", "1.4"));

        assertThat(records.text()).startsWith("{\"containers/\\uD800\":");
        assertThat(escaped(json -> json.writeString(records.line()))).contains("/\\\\uD800");
    }
}
