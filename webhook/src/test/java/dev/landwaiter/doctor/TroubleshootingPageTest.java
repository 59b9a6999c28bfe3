package dev.landwaiter.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.failure.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page has a row for whatever somebody may look up there. */
class TroubleshootingPageTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("troubleshooting.md");

    /** Cells of the rows below {@code heading}. */
    private static List<List<String>> rows(String heading) throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## " + heading + "\n") + 1);
        int end = section.indexOf("\n## ");
        List<List<String>> rows = new ArrayList<>();
        (end < 0 ? section : section.substring(0, end))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> rows.add(
                        Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
                                .map(String::strip)
                                .toList()));
        return rows;
    }

    @Test
    void everyFindingHasItsRow() throws IOException {
        assertThat(rows("By finding of doctor"))
                .containsExactlyElementsOf(Arrays.stream(FindingCode.values())
                        .map(code -> List.of(
                                "`" + code.text() + "`",
                                code.severity().name().toLowerCase(Locale.ROOT),
                                code.meaning()))
                        .toList());
    }

    @Test
    void everyErrorCodeHasACauseAndANextStep() throws IOException {
        List<List<String>> rows = rows("By error code");
        assertThat(rows)
                .extracting(List::getFirst)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Code.values())
                        .map(code -> "`" + code + "`")
                        .toList());
        assertThat(rows)
                .allSatisfy(row -> assertThat(row).hasSize(3).noneMatch(String::isBlank))
                .allSatisfy(row -> assertThat(row.getLast()).endsWith("."));
    }

    @Test
    void everyAlertSaysWhatToDo() throws IOException {
        String operations = Files.readString(DOCS.resolve("operations.md"));
        List<String> alerts = Files.readString(DOCS.resolve("observability.md"))
                .lines()
                .filter(line -> line.strip().startsWith("- alert: "))
                .map(line -> line.strip().substring("- alert: ".length()))
                .toList();
        assertThat(alerts).isNotEmpty().allMatch(alert -> operations.contains("| `" + alert + "` | "));
    }
}
