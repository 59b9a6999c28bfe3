package dev.landwaiter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landwaiter.workload.Annotations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The policy that guards records where no webhook is asked knows the same keys as we do. {@code RecordsIT} tries it on an API server. */
class RecordsGuardTest {
    private static final Path GUARD = Path.of("..", "manifests", "base", "records-guard.yaml");

    @Test
    @Tag("attack-53")
    @DisplayName("Attack 53: every record of the contract is guarded on the subresources that write annotations")
    void everyRecordIsGuarded() throws IOException {
        JsonNode policy;
        try (var documents = new YAMLMapper().readerFor(JsonNode.class).readValues(GUARD.toFile())) {
            policy = (JsonNode) documents.next();
        }
        String keys = "";
        for (JsonNode variable : policy.at("/spec/variables")) {
            if (variable.path("name").asText().equals("records")) {
                keys = variable.path("expression").asText();
            }
        }
        List<String> guarded = new ArrayList<>();
        new JsonMapper().readTree(keys.replace('\'', '"')).forEach(key -> guarded.add(key.asText()));

        assertThat(guarded).containsExactlyElementsOf(Annotations.RECORDS);
        assertThat(guarded).allMatch(Annotations::isRecord);
        assertThat(policy.at("/spec/matchConstraints/resourceRules").toString())
                .contains("pods/status", "pods/binding", "bindings");
    }
}
