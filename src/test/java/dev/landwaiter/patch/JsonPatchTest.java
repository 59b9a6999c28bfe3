package dev.landwaiter.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPatchTest {
    private static final JsonPointer KEY =
            JsonPointer.ROOT.child("metadata").child("annotations").child("a.dev/b~c");

    @Test
    void pointersEscapeWhatTheyMust() {
        assertThat(KEY).hasToString("/metadata/annotations/a.dev~1b~0c");
        assertThat(JsonPointer.ROOT.child("containers").child(0)).hasToString("/containers/0");
        assertThatThrownBy(() -> new JsonPointer("x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isWrittenInOneOrderAndDoesWhatItSays() throws Exception {
        JsonNode document = new JsonMapper()
                .readTree(
                        "{\"metadata\":{\"annotations\":{\"gone\":\"x\",\"was\":\"old\"}},\"list\":[{\"image\":\"a\"}]}");
        JsonPatch patch = new JsonPatch(List.of(
                new PatchOperation.Add(KEY, TextNode.valueOf("v")),
                new PatchOperation.Replace(new JsonPointer("/metadata/annotations/was"), TextNode.valueOf("new")),
                new PatchOperation.Replace(new JsonPointer("/list/0/image"), TextNode.valueOf("a@d")),
                new PatchOperation.Remove(new JsonPointer("/metadata/annotations/gone"))));

        assertThat(new String(patch.toBytes(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "[{\"op\":\"add\",\"path\":\"/metadata/annotations/a.dev~1b~0c\",\"value\":\"v\"},{\"op\":\"replace\",\"path\":\"/metadata/annotations/was\",\"value\":\"new\"},{\"op\":\"replace\",\"path\":\"/list/0/image\",\"value\":\"a@d\"},{\"op\":\"remove\",\"path\":\"/metadata/annotations/gone\"}]");
        assertThat(patch.applyTo(document))
                .hasToString(
                        "{\"metadata\":{\"annotations\":{\"was\":\"new\",\"a.dev/b~c\":\"v\"}},\"list\":[{\"image\":\"a@d\"}]}");
        assertThat(document.at("/list/0/image").asText()).isEqualTo("a");
    }

    @Test
    void aTextThatIsEscapedAlreadyIsWrittenAsItWouldBeOtherwise() throws Exception {
        String text = "{\"tag\":\"ünïcode\"}";
        JsonNode annotations =
                new JsonMapper().createObjectNode().put("a", text).put("b", "plain \ud800");
        JsonPatch patch = new JsonPatch(
                List.of(new PatchOperation.Add(KEY, TextNode.valueOf(text)), new PatchOperation.Add(KEY, annotations)));

        byte[] known = patch.toBytes(new SerializedString(text));

        assertThat(new JsonMapper().readTree(known)).isEqualTo(new JsonMapper().readTree(patch.toBytes()));
        assertThat(known).as("half a surrogate pair is escaped all the same").hasSizeLessThan(patch.toBytes().length);
    }

    @Test
    void listsAreChangedAsTheStandardSays() throws Exception {
        JsonNode document = new JsonMapper().readTree("{\"list\":[\"a\",\"b\",[]],\"-\":[1]}");
        JsonPatch patch = new JsonPatch(List.of(
                new PatchOperation.Add(new JsonPointer("/list/0"), TextNode.valueOf("first")),
                new PatchOperation.Add(new JsonPointer("/list/-"), TextNode.valueOf("last")),
                new PatchOperation.Add(new JsonPointer("/list/5"), TextNode.valueOf("behind")),
                new PatchOperation.Replace(new JsonPointer("/list/1"), TextNode.valueOf("A")),
                new PatchOperation.Remove(new JsonPointer("/list/2")),
                new PatchOperation.Add(new JsonPointer("/list/2/0"), TextNode.valueOf("in")),
                new PatchOperation.Remove(new JsonPointer("/-/0"))));

        assertThat(patch.applyTo(document))
                .hasToString("{\"list\":[\"first\",\"A\",[\"in\"],\"last\",\"behind\"],\"-\":[]}");
    }

    /** RFC 6901 section 4 and RFC 6902 section 4.1: no leading zeros, no sign, at most one beyond the last for {@code add}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/list/2",
                "/list/01",
                "/list/+0",
                "/list/x",
                "/list/",
                "/list/0/x",
                "/none/x",
                "/list/99999999999",
                ""
            })
    void refusesAPlaceThatIsNone(String path) throws Exception {
        JsonNode document = new JsonMapper().readTree("{\"list\":[\"a\"]}");
        JsonPatch patch = new JsonPatch(List.of(new PatchOperation.Add(new JsonPointer(path), TextNode.valueOf("b"))));

        assertThatThrownBy(() -> patch.applyTo(document)).hasMessageContaining("the document has no place for Add");
    }

    @Test
    void pointersTellTheirPartsAsTheyAre() {
        assertThat(JsonPointer.ROOT.parts()).isEmpty();
        assertThat(KEY.parts()).containsExactly("metadata", "annotations", "a.dev/b~c");
        assertThat(JsonPointer.ROOT.child("~1").child("").child(0).parts()).containsExactly("~1", "", "0");
    }

    @Test
    void refusesADocumentThatHasNoPlaceForIt() {
        JsonPatch patch =
                new JsonPatch(List.of(new PatchOperation.Replace(new JsonPointer("/a"), TextNode.valueOf("b"))));

        assertThatThrownBy(() -> patch.applyTo(new JsonMapper().createObjectNode()))
                .hasMessageContaining("the document has no place for Replace");
    }

    @Test
    void namesWithTheTwoCharactersThatHaveAMeaningAreEscaped() {
        assertThat(JsonPointer.ROOT.child("plain").child(2)).hasToString("/plain/2");
        assertThat(JsonPointer.ROOT.child("a/b")).hasToString("/a~1b");
        assertThat(JsonPointer.ROOT.child("/")).hasToString("/~1");
        assertThat(JsonPointer.ROOT.child("a~b")).hasToString("/a~0b");
        assertThat(JsonPointer.ROOT.child("~")).hasToString("/~0");
        assertThat(JsonPointer.ROOT.child("~1/x")).hasToString("/~01~1x");
    }

    @Test
    void valuesOfEveryKindAreWrittenAsTheyAre() throws Exception {
        JsonNode value = new ObjectMapper().readTree("[1,true,null,{\"a\":[\"b\",2.5]},\"c\"]");
        JsonPatch patch = new JsonPatch(List.of(new PatchOperation.Add(JsonPointer.ROOT.child("x"), value)));

        assertThat(new String(patch.toBytes(), StandardCharsets.UTF_8))
                .isEqualTo("[{\"op\":\"add\",\"path\":\"/x\",\"value\":%s}]".formatted(value));
        assertThat(patch.isEmpty()).isFalse();
        assertThat(new JsonPatch(List.of()).isEmpty()).isTrue();
        assertThat(new String(new JsonPatch(List.of()).toBytes(), StandardCharsets.UTF_8))
                .isEqualTo("[]");
    }
}
