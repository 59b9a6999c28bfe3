package dev.landwaiter.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    void refusesADocumentThatHasNoPlaceForIt() {
        JsonPatch patch =
                new JsonPatch(List.of(new PatchOperation.Replace(new JsonPointer("/a"), TextNode.valueOf("b"))));

        assertThatThrownBy(() -> patch.applyTo(new JsonMapper().createObjectNode()))
                .hasMessageContaining("the document has no place for Replace");
    }
}
