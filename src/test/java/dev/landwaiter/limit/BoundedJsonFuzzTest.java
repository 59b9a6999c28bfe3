package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import java.nio.charset.StandardCharsets;

class BoundedJsonFuzzTest {
    private final BoundedJson json = new BoundedJson(Limits.defaults());

    @Seeds({
        "{\"a\":[1,2.50,-3e4,true,null,\"\\u00e9\\ud83d\\ude00\"],\"b\":{\"c\":{}}}",
        "{\"a\":1,\"a\":2}",
        "[1e400, 123456789012345678901234567890, 0.1]",
        "\"text\" 1",
        "[1e2347890401]",
    })
    @FuzzTest
    void whatIsReadIsReadTheSameOnceWritten(byte[] data) {
        Parsed.by(() -> json.read(data, Code.REGISTRY_MALFORMED, "the document"))
                .ifPresent(this::readAgain);
    }

    private void readAgain(JsonNode read) {
        byte[] written = read.toString().getBytes(StandardCharsets.UTF_8);

        assertThat(json.read(written, Code.REGISTRY_MALFORMED, "the document").toString())
                .isEqualTo(read.toString());
    }
}
