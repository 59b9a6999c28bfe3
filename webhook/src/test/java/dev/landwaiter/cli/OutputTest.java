package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.yaml.KubernetesYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {
    private static final Path CASES = Path.of("..", "src", "test", "resources", "yaml", "kubectl.jsonl");

    private static JsonNode read(String yaml) {
        KubernetesYaml.Documents read = new KubernetesYaml(Limits.defaults(), Limit.OBJECTS_FILE_BYTES)
                .read(yaml.getBytes(StandardCharsets.UTF_8), "output");
        assertThat(read.problem()).as(yaml).isEmpty();
        assertThat(read.documents()).hasSize(1);
        return read.documents().getFirst();
    }

    private static void comesBack(JsonNode tree) {
        assertThat(read(Output.yaml(tree))).as(Output.yaml(tree)).isEqualTo(tree);
    }

    static List<String> texts() throws IOException {
        return Files.readAllLines(CASES).stream()
                .map(OutputTest::yamlOf)
                .flatMap(yaml -> List.of(
                        yaml, yaml.strip(), yaml.replaceFirst("^a: ", "").strip())
                        .stream())
                .distinct()
                .toList();
    }

    private static String yamlOf(String line) {
        try {
            return new JsonMapper().readTree(line).path("yaml").asText();
        } catch (IOException e) {
            throw new IllegalArgumentException(line, e);
        }
    }

    /** What other people's texts look like to a reader that is not told that they are texts. */
    @ParameterizedTest
    @MethodSource("texts")
    void aTextComesBackAsTheTextThatItWas(String text) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("text", text);
        tree.putArray("list").add(text).addArray().add(text);
        tree.putObject("key").put(text, "x");

        comesBack(tree);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " x",
                "x ",
                "\n",
                "\n\n",
                " \n",
                "x\n ",
                "\nx",
                "\n x\ny",
                "x\n\n",
                "x\n\ny\n",
                "\tx",
                "x\ty",
                "\t",
                "x\r\ny",
                "x\ry",
                "- x",
                "-",
                "--",
                "---",
                "---x",
                "...",
                "? x",
                "?x",
                ": x",
                ":x",
                "x:",
                "x: y",
                "x #y",
                "#x",
                "x#",
                "&x",
                "*x",
                "!x",
                "|",
                ">",
                "%x",
                "@x",
                "`x",
                "'x'",
                "\"x\"",
                "{x}",
                "[x]",
                "x,y",
                ",",
                "x\\y",
                "\u0000",
                "\u0007",
                "\u001b[31m",
                "\u007f",
                "\u0085",
                "x\u0085y",
                "\u2028",
                "x\u2029y",
                "\u2028\n",
                "\ufeff",
                "x\ufeffy",
                "\u202e",
                "\ud83d\ude00",
                "\u00a0",
                "\u00e9",
                "\u3000",
                "\ufffe",
                "\uffff",
                "<<",
                "=",
                "~",
                "null",
                "y",
                "N",
                "0o7",
                "1_0",
                "1e3",
                ".5",
                "12:30",
                "2001-01-01",
                "0x",
                "+1",
                "-.inf"
            })
    void aTextWithWhatYamlTreatsSpeciallyComesBack(String text) {
        aTextComesBackAsTheTextThatItWas(text);
    }

    @Test
    void numbersComeBackAsNumbers() throws IOException {
        comesBack(new JsonMapper()
                .readTree("{\"a\":[0,-1,2147483648,9223372036854775807,18446744073709551615,true,false,null,[],{}]}"));
    }

    @Test
    void aLongTextIsNotBroken() {
        ArrayNode tree = JsonNodeFactory.instance.arrayNode();
        tree.add("x ".repeat(5_000).strip()).add("x\n".repeat(5_000));

        comesBack(tree);
    }
}
