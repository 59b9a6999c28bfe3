package dev.landwaiter.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BoundedJsonTest {
    private static final Limits SMALL = Limits.of(Map.of(Limit.JSON_TOKENS, 10L, Limit.JSON_DEPTH, 3L));
    private final BoundedJson json = new BoundedJson(SMALL);

    @Test
    void readsWhatKeepsToItsBounds() {
        assertThat(read("{\"a\":[1,2],\"b\":{}}").toString()).isEqualTo("{\"a\":[1,2],\"b\":{}}");
    }

    @Test
    @Tag("attack-57")
    void tokensAreBoundedAndNotBytesAlone() {
        assertThatThrownBy(() -> read("[{},{},{},{},{}]"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED))
                .hasMessage(
                        "Could not read the document: it exceeds the limit 'json-tokens' of 10 tokens. If it is meant to be that large, raise the setting --limit json-tokens=….");
    }

    @Test
    void eachLimitIsNamedAsWhatItIs() {
        assertThatThrownBy(() -> read("[[[[]]]]")).hasMessageContaining("the limit 'json-depth' of 3 levels");
        assertThatThrownBy(() -> read("[" + "1".repeat(2_000) + "]"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.REGISTRY_MALFORMED))
                .hasMessage(
                        "Could not read the document: it holds a number that is too large to be one. Check what wrote it.");
    }

    @Test
    void oneValueIsAllThatThereMayBe() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("it is empty where JSON was expected");
        assertThatThrownBy(() -> read(" ")).hasMessageContaining("it is empty where JSON was expected");
        assertThatThrownBy(() -> read("{} 1")).hasMessageContaining("something follows the one value");
        assertThatThrownBy(() -> read("{\"a\":1,\"a\":2}"))
                .hasMessageContaining("the key \"a\" stands twice in one object");
    }

    private JsonNode read(String text) {
        return json.read(text.getBytes(StandardCharsets.UTF_8), Code.REGISTRY_MALFORMED, "the document");
    }
}
