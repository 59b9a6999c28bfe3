package dev.landwaiter.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Files in YAML, from whomever. */
class YamlFuzzTest {
    private static final YamlReader READER = new YamlReader(Limits.defaults(), Limit.POLICY_FILE_BYTES);
    private static final KubernetesYaml OBJECTS = new KubernetesYaml(Limits.defaults(), Limit.POLICY_FILE_BYTES);

    @Seeds({
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n  - {name: api, image: 'ghcr.io/acme/api:1.4'}\n",
        "a: |\n  x\n\n   y\nb: >-\n  x\n  y\n\nc: \"x\\ty\\\n  z\"\nd: 'x\n  y'\n---\n- - a\n  - ? b\n    : c\n...\n# end\n",
        "{\"a\": [1, {\"b\": null}], c: [d: e, f, ], 'g': {h, i: }}\n",
        "a: &a x\nb: [*a, &b {c: *a}, *b]\nc: \"\\u2028 \\U0001F600\"\n",
        "a: x\n  y\n\n  z # c\nb:\n- c\n-\n  d: e\n- !!str f\n",
    })
    @FuzzTest
    void theTreeIsTheLibrarysButForMergeKeys(byte[] data) {
        String given = Parsed.text(data);
        String text = given.endsWith("\n") ? given : given + "\n";
        if (text.contains("<<")) {
            return;
        }
        read(data).filter(read -> read.problem().isEmpty()).ifPresent(read -> {
            List<Object> composed = new ArrayList<>();
            new Compose(LoadSettings.builder().build())
                    .composeAllFromString(text.startsWith("\ufeff") ? text.substring(1) : text)
                    .forEach(node -> composed.add(plain(node)));
            assertThat(read.documents().stream().map(YamlFuzzTest::plain).toList())
                    .isEqualTo(composed);
        });
    }

    private static Object plain(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> List.of(scalar.text(), scalar.style().name(), scalar.mark());
            case YamlNode.Sequence sequence ->
                sequence.items().stream().map(YamlFuzzTest::plain).toList();
            case YamlNode.Mapping mapping -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                mapping.fields().forEach(field -> map.put(plain(field.key()), plain(field.value())));
                yield map;
            }
        };
    }

    private static Object plain(Node node) {
        return switch (node) {
            case ScalarNode scalar -> {
                Mark mark = scalar.getStartMark()
                        .map(start -> new Mark(start.getLine() + 1, start.getColumn() + 1))
                        .orElseThrow();
                yield List.of(scalar.getValue(), scalar.getScalarStyle().name(), mark);
            }
            case SequenceNode sequence ->
                sequence.getValue().stream().map(YamlFuzzTest::plain).toList();
            case MappingNode mapping -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                mapping.getValue().forEach(field -> map.put(plain(field.getKeyNode()), plain(field.getValueNode())));
                yield map;
            }
            default -> throw new AssertionError(node);
        };
    }

    @Seeds({
        "a: &a {b: &b 1, c: *b}\nd: {<<: *a, b: 2}\ne: [*a, *b]\n",
        "a: &a [x]\nb: *a\n--- !!set {? q}\n...\n",
        "%YAML 1.1\n%TAG !e! tag:yaml.org,2002:\n---\n!e!str 1: !!int 0x1F\n",
        "a: 0755\nb: 1_000.5\nc: .inf\nd: 0b-1\ne: 1e400\nf: ~\ng: yes\n8080: on\n",
        "a: &a [&b [&c [x,x],*c],*b]\n? |\n  k\n: >\n  v\n",
    })
    @FuzzTest
    void aFileIsReadWithinItsLimitsOrItsProblemHasAPlaceInIt(byte[] data) {
        int lines = (int) Parsed.text(data).chars().filter(c -> c == '\n').count() + 2;
        read(data).flatMap(YamlDocuments::problem).ifPresent(problem -> check(problem, lines));
        objects(data).flatMap(KubernetesYaml.Documents::problem).ifPresent(problem -> check(problem, lines));
    }

    private static void check(YamlProblem problem, int lines) {
        assertThat(problem.mark().line()).isBetween(1, lines);
        assertThat(problem.mark().column()).isPositive();
        assertThat(problem.text()).hasSizeLessThan(500);
    }

    private static Optional<YamlDocuments> read(byte[] data) {
        try {
            return Optional.of(READER.read(data, "the file"));
        } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED);
            return Optional.empty();
        }
    }

    private static Optional<KubernetesYaml.Documents> objects(byte[] data) {
        try {
            return Optional.of(OBJECTS.read(data, "the file"));
        } catch (Failure e) {
            assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED);
            return Optional.empty();
        }
    }
}
