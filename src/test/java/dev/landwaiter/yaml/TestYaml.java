package dev.landwaiter.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Objects in YAML for tests of every package. */
public final class TestYaml {
    private TestYaml() {}

    /** The documents of {@code yaml}. */
    public static List<JsonNode> documents(String yaml) {
        KubernetesYaml.Documents read = new KubernetesYaml(Limits.defaults(), Limit.OBJECTS_FILE_BYTES)
                .read(yaml.getBytes(StandardCharsets.UTF_8), "the test's YAML");
        read.problem().ifPresent(problem -> {
            throw new IllegalArgumentException(problem.text() + "\n" + yaml);
        });
        return read.documents();
    }

    /** The one document of {@code yaml}. */
    public static JsonNode document(String yaml) {
        List<JsonNode> documents = documents(yaml);
        if (documents.size() != 1) {
            throw new IllegalArgumentException("not one document:\n" + yaml);
        }
        return documents.getFirst();
    }
}
