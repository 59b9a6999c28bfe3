package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.yaml.KubernetesYaml;
import java.nio.charset.StandardCharsets;

/** Objects as tenants write them, which {@code plan -o yaml} prints. */
class OutputFuzzTest {
    private static final Limits LIMITS = Limits.defaults();

    @Seeds({
        "{\"metadata\":{\"annotations\":{\"a\":\"0755\",\"on\":\"yes\",\"1\":\"1e3\",\"<<\":\"*a\"}},\"spec\":{\"x\":[1,2.5,-0.0,null,true,\"\",\"~\"]}}",
        "{\"a\":\"line\\nline\\n\",\"b\":\" x\",\"c\":\"x: y # z\",\"d\":\"\\u2028\",\"e\":\"\\\\L\\n\\u0085\",\"f\":\"\\u0000\\t\",\"?g\":[[[]],{}]}",
        "{\"a\":{\"b\\nc\":\"d\\r\\ne\",\"---\":\"...\",\"k\\\"\":\"'\",\"\\ufeff\":\"\\ud83d\\ude00\"}}",
    })
    @FuzzTest
    void whatIsPrintedIsReadAsWhatItWas(byte[] data) {
        Parsed.by(() -> new BoundedJson(LIMITS, Limit.YAML_DEPTH).read(data, Code.FILE_UNREADABLE, "the object"))
                .filter(tree -> isOfKubernetes(tree.toString(), tree))
                .ifPresent(OutputFuzzTest::check);
    }

    /** No half characters, and no numbers that no API server takes: YAML has no way of writing them. */
    private static boolean isOfKubernetes(String text, JsonNode tree) {
        boolean whole = text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        return whole && tree.isContainerNode() && numbers(tree);
    }

    private static boolean numbers(JsonNode tree) {
        if (tree.isNumber()) {
            return Double.isFinite(tree.doubleValue())
                    && tree.decimalValue().precision() <= 15
                    && (tree.doubleValue() != 0 || tree.decimalValue().signum() == 0);
        }
        for (JsonNode one : tree) {
            if (!numbers(one)) {
                return false;
            }
        }
        return true;
    }

    private static void check(JsonNode tree) {
        String yaml = Output.yaml(tree);
        KubernetesYaml.Documents read = new KubernetesYaml(LIMITS, Limit.OBJECTS_FILE_BYTES)
                .read(yaml.getBytes(StandardCharsets.UTF_8), "the output");

        assertThat(read.problem()).as(yaml).isEmpty();
        assertThat(read.documents()).singleElement().matches(back -> same(back, tree), yaml);
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                other);
    }
}
