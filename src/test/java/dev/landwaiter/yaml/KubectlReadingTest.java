package dev.landwaiter.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each line of {@code kubectl.jsonl} is a file and what kubectl's own code made of it, as {@code recorder/main.go} wrote it down: we read the same, or
 * nothing.
 */
class KubectlReadingTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Path CASES = Path.of("test", "resources", "yaml", "kubectl.jsonl");

    @TestFactory
    List<DynamicTest> aFileIsReadAsKubectlReadsItOrRefused() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String line : Files.readAllLines(CASES)) {
            JsonNode one = JSON.readTree(line);
            tests.add(DynamicTest.dynamicTest(one.path("about").asText() + ": " + one.path("yaml"), () -> check(one)));
        }
        assertThat(tests).hasSizeGreaterThan(200);
        return tests;
    }

    private static void check(JsonNode one) {
        KubernetesYaml.Documents ours = new KubernetesYaml(Limits.defaults(), Limit.OBJECTS_FILE_BYTES)
                .read(one.path("yaml").asText().getBytes(StandardCharsets.UTF_8), "the case");
        List<JsonNode> read =
                ours.documents().stream().filter(document -> !document.isNull()).toList();
        JsonNode kubectl = one.path("kubectl");
        switch (one.path("ours").asText()) {
            case "refused" -> {
                assertThat(kubectl.isArray()).as("only then it differs").isTrue();
                assertThat(ours.problem()).isPresent();
            }
            case "read" -> {
                assertThat(kubectl.isArray()).as("never otherwise than kubectl").isFalse();
                assertThat(ours.problem()).isEmpty();
            }
            default -> {
                assertThat(ours.problem().isEmpty()).as("%s", ours.problem()).isEqualTo(kubectl.isArray());
                if (kubectl.isArray()) {
                    JsonNode documents = JSON.createArrayNode().addAll(read);
                    assertThat(same(documents, kubectl))
                            .as("%s, and not %s", kubectl, documents)
                            .isTrue();
                }
            }
        }
    }

    /** Numbers count by their value: 1e3 is 1000. */
    private static boolean same(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                other);
    }
}
