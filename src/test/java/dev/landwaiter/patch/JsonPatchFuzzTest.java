package dev.landwaiter.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

class JsonPatchFuzzTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final JsonNode PUT = TextNode.valueOf("put");
    private static final int PLACES = 64;

    private final BoundedJson json = new BoundedJson(Limits.defaults());

    /** A member of a document: where it is, and what it is. */
    private record Place(JsonPointer pointer, JsonNode value, boolean ofObject) {}

    @Seeds({
        "{\"a/b\":{\"m~n\":[1,{\"\":2}],\"~1\":3},\"metadata\":{\"annotations\":{\"landwaiter.dev/plan\":\"x\"}}}",
        "[[],{},\"x\",null]",
    })
    @FuzzTest
    void aPatchChangesThePlaceItNames(byte[] data) {
        Parsed.by(() -> json.read(data, Code.REVIEW_MALFORMED, "the document")).ifPresent(document -> {
            for (Place place : places(document)) {
                assertThat(document.at(place.pointer().text())).isSameAs(place.value());

                JsonNode replaced = applied(new PatchOperation.Replace(place.pointer(), PUT), document);
                assertThat(replaced.at(place.pointer().text())).isEqualTo(PUT);

                JsonNode removed = applied(new PatchOperation.Remove(place.pointer()), document);
                assertThat(removed).isNotEqualTo(document);
                if (place.ofObject()) {
                    assertThat(removed.at(place.pointer().text()).isMissingNode())
                            .isTrue();
                }
                assertThat(applied(new PatchOperation.Add(place.pointer(), place.value()), removed))
                        .isEqualTo(document);
            }
        });
    }

    private static JsonNode applied(PatchOperation operation, JsonNode document) {
        JsonPatch patch = new JsonPatch(List.of(operation));
        assertThat(read(patch.toBytes()).path(0).path("path").textValue())
                .isEqualTo(operation.path().text());
        return patch.applyTo(document);
    }

    private static JsonNode read(byte[] written) {
        try {
            return MAPPER.readTree(written);
        } catch (IOException e) {
            throw new AssertionError("a patch is JSON", e);
        }
    }

    private static List<Place> places(JsonNode document) {
        List<Place> all = new ArrayList<>();
        collect(document, JsonPointer.ROOT, all);
        return all;
    }

    private static void collect(JsonNode node, JsonPointer at, List<Place> all) {
        for (int i = 0; node.isArray() && i < node.size() && all.size() < PLACES; i++) {
            all.add(new Place(at.child(i), node.get(i), false));
            collect(node.get(i), at.child(i), all);
        }
        node.properties().forEach(member -> {
            if (all.size() < PLACES) {
                all.add(new Place(at.child(member.getKey()), member.getValue(), true));
                collect(member.getValue(), at.child(member.getKey()), all);
            }
        });
    }
}
