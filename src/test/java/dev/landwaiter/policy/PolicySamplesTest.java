package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.sigstore.FulcioExtension;
import dev.landwaiter.yaml.TestYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What documentation and manifests show is what the program reads. */
class PolicySamplesTest {
    private static final Pattern SNIPPET = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Path ROOT = Path.of("").toAbsolutePath().endsWith("src") ? Path.of("..") : Path.of("");

    static List<String> snippets() throws IOException {
        List<String> snippets = new ArrayList<>();
        Matcher snippet = SNIPPET.matcher(Files.readString(ROOT.resolve("docs/policies.md")));
        while (snippet.find()) {
            snippets.add(snippet.group(1));
        }
        assertThat(snippets).hasSizeGreaterThan(7);
        return snippets;
    }

    static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("manifests/samples"))) {
            List<Path> samples = files.sorted().toList();
            assertThat(samples).hasSizeGreaterThan(9);
            return samples;
        }
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void everyExampleOfTheDocumentationIsReadWithoutAProblem(String snippet) throws IOException {
        List<JsonNode> objects = TestYaml.documents(snippet);

        assertThat(problems(objects)).isEmpty();
    }

    static List<Path> definitions() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("manifests/crds"))) {
            List<Path> definitions = files.filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
            assertThat(definitions).hasSizeGreaterThan(3);
            return definitions;
        }
    }

    @ParameterizedTest
    @MethodSource("definitions")
    @DisplayName("kubectl explain has something to say of every field")
    void everyFieldIsDescribed(Path definition) throws IOException {
        for (JsonNode document : TestYaml.documents(Files.readString(definition))) {
            for (JsonNode version : document.at("/spec/versions")) {
                List<String> silent = new ArrayList<>();
                undescribed(version.at("/schema/openAPIV3Schema"), "", silent);
                // the API server describes these itself
                silent.removeAll(List.of(".apiVersion", ".kind", ".metadata"));
                assertThat(silent).isEmpty();
            }
        }
    }

    private static void undescribed(JsonNode schema, String path, List<String> silent) {
        schema.path("properties").properties().forEach(field -> {
            String of = path + "." + field.getKey();
            if (field.getValue().path("description").asText("").isEmpty()) {
                silent.add(of);
            }
            undescribed(field.getValue(), of, silent);
        });
        for (String within : List.of("items", "additionalProperties")) {
            if (schema.path(within).isObject()) {
                undescribed(schema.path(within), path + "[]", silent);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everySampleIsReadWithoutAProblem(Path sample) {
        List<String> problems = new ArrayList<>();
        List<JsonNode> objects = PolicyFiles.read(sample, Limits.defaults()).entries(problems).stream()
                .map(PolicyFiles.Entry::object)
                // it is for the API server
                .filter(object -> !object.path("kind").asText().equals("RoleBinding"))
                .toList();
        problems.addAll(problems(objects));

        assertThat(problems).isEmpty();
        assertThat(objects).isNotEmpty();
    }

    private static List<String> problems(List<JsonNode> objects) {
        List<JsonNode> all = new ArrayList<>(objects);
        all.add(configMap("sigstore", "trusted_root.json", trustedRoot()));
        String other = trustedRoot().replace("127.0.0.1", "localhost");
        all.add(configMap("github", "trusted_root.jsonl", trustedRoot().strip() + "\n" + other));
        List<PolicyFiles.Entry> entries = new ArrayList<>();
        all.forEach(object -> entries.add(new PolicyFiles.Entry(Path.of("sample"), entries.size() + 1, object)));
        List<String> problems = new ArrayList<>();
        PolicyObjects read = PolicyObjects.read(entries, new PolicyReader(), problems);
        assertThat(read.set().policies().stream().filter(ImagePolicy::broken)).isEmpty();
        return problems;
    }

    /** What an admin makes of a file by kubectl. */
    private static JsonNode configMap(String name, String file, String content) {
        ObjectNode configMap = JsonNodeFactory.instance.objectNode().put("kind", "ConfigMap");
        configMap.putObject("metadata").put("name", name).put("namespace", "landwaiter");
        configMap.putObject("data").put(file, content);
        return configMap;
    }

    private static String trustedRoot() {
        try {
            return Files.readString(ROOT.resolve("src/test/resources/policy/trusted-root.json"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode schema(String crd) throws IOException {
        JsonNode read =
                Yaml.tree(Files.readString(ROOT.resolve("manifests/crds").resolve(crd + ".yaml")));
        return read.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    }

    /** Descriptions name the namespace that is meant; nothing else differs. */
    private static JsonNode plain(JsonNode node) {
        JsonNode copy = node.deepCopy();
        copy.findParents("description").forEach(parent -> {
            if (parent.get("description").isTextual()) {
                ((ObjectNode) parent).remove("description");
            }
        });
        return copy;
    }

    @Test
    void bothKindsOfPolicyHaveTheSameFields() throws IOException {
        ObjectNode cluster = (ObjectNode) plain(schema("clusterimagepolicies"));
        ObjectNode own = (ObjectNode) plain(schema("imagepolicies"));
        cluster.withObject("properties").remove("namespaceSelector");
        own.withObject("properties").remove("namespaceSelector");

        assertThat(own).isEqualTo(cluster);
    }

    @Test
    void theSchemaKnowsTheExtensionsThatTheProgramKnows() throws IOException {
        String rule = schema("clusterimagepolicies")
                .at(
                        "/properties/authorities/items/properties/keyless/properties/identities/items/properties/extensions/x-kubernetes-validations/0/rule")
                .asText();

        assertThat(rule)
                .isEqualTo("self.all(name, name in ['%s'])".formatted(String.join("', '", FulcioExtension.names())));
        assertThat(Files.readString(ROOT.resolve("docs/policies.md")))
                .contains(
                        FulcioExtension.names().stream().map("`%s`"::formatted).toList());
    }

    @Test
    void theSchemaHasTheFieldsThatTheProgramReads() throws IOException {
        JsonNode authority = schema("clusterimagepolicies").at("/properties/authorities/items/properties");
        TreeSet<String> fields = new TreeSet<>();
        authority.properties().forEach(field -> fields.add(field.getKey()));

        assertThat(fields)
                .containsExactly(
                        "attestations",
                        "ctlog",
                        "key",
                        "keyless",
                        "name",
                        "rfc3161timestamp",
                        "signatureFormat",
                        "source",
                        "static");
    }
}
