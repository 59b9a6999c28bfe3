package dev.landwaiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.workload.Annotations;
import dev.landwaiter.workload.ImagePlace;
import dev.landwaiter.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The API server compares by an expression what we know by tables: both have to name the same places. */
class MatchConditionsTest {
    private static final Path WEBHOOKS = Path.of("../manifests/webhooks/service/webhooks.yaml");
    private static final Pattern EXPRESSION =
            Pattern.compile("- name: brings-an-image-or-a-record\\n +expression: >-\\n((?: {10}.*\\n)+)");

    private static List<String> expressions() throws IOException {
        return EXPRESSION
                .matcher(Files.readString(WEBHOOKS))
                .results()
                .map(found -> found.group(1))
                .map(text -> text.replaceAll("\\s+", " ").strip())
                .toList();
    }

    @Test
    void bothWebhooksAreCalledForTheSameChanges() throws IOException {
        assertThat(expressions()).hasSize(2);
        assertThat(expressions().getFirst()).isEqualTo(expressions().getLast());
    }

    @Test
    void everyPlaceThatBringsAnImageIsCompared() throws IOException {
        String expression = expressions().getFirst();
        String lists = "['containers', 'initContainers', 'ephemeralContainers'].exists(l, ";
        assertThat(expression).contains(lists + "object.spec[?l].orValue([]).map(c, [c.name, c.?image.orValue('')])");

        for (ImagePlace place : WorkloadKinds.POD.images()) {
            if (place.field().text().equals("image")) {
                assertThat(lists).contains("'" + place.list() + "'");
            } else {
                assertThat(expression)
                        .contains("object.spec.?%s.orValue([]).map(v, [v.name, v.?%s.orValue('')])"
                                .formatted(
                                        place.list(),
                                        String.join(".?", place.field().names())));
            }
        }
    }

    @Test
    void everyRecordIsCompared() throws IOException {
        List<String> compared = Pattern.compile("'([^']*landwaiter\\.dev/[^']*)'")
                .matcher(expressions().getFirst())
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();

        assertThat(compared)
                .contains(Annotations.IMAGES, Annotations.PLAN)
                .allMatch(Annotations::isRecord)
                .doesNotHaveDuplicates();
    }
}
