package dev.landwaiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of the chart can be held without Helm: copies are copies, and what it says of the program is so. {@code charts/check} holds the rest. */
class ChartTest {
    private static final Path ROOT = Path.of("..");
    private static final Path CHART = ROOT.resolve("charts/landwaiter");
    private static final Pattern ALERTS = Pattern.compile("## Alerts.*?```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern METRIC = Pattern.compile("\\blandwaiter_[a-z_]*[a-z]");

    /** As a template writes it: {@code - --listen=…} or {@code printf "--no-proxy=%s"}; {@code --%s} stands for any setting. */
    private static final Pattern ARGUMENT = Pattern.compile("(?<=- |printf \")--[a-z-]+(?==|\\n)");

    private static final Pattern CA_BUNDLE = Pattern.compile("^ *caBundle:", Pattern.MULTILINE);

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    @Test
    void theDefinitionsOfManifestsAreTheCharts() throws IOException {
        List<Path> definitions = files(CHART.resolve("files/crds"));

        assertThat(definitions).hasSize(4);
        for (Path definition : definitions) {
            assertThat(ROOT.resolve("manifests/crds").resolve(definition.getFileName()))
                    .as("made from the chart by charts/generate: change it there")
                    .hasSameTextualContentAs(definition);
        }
    }

    @Test
    void theAlertsOfTheChartAreThoseOfThePage() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/observability.md"));
        String alerts = Files.readString(CHART.resolve("files/alerts.yaml"));

        assertThat(alerts.substring(alerts.indexOf('\n') + 1))
                .as("made from docs/observability.md: run charts/generate")
                .isEqualTo(
                        ALERTS.matcher(page).results().findFirst().orElseThrow().group(1));
    }

    /** One that the program does not know, or that is of another mode, would keep every replica from starting. */
    @Test
    void theProgramKnowsEveryArgumentOfTheChart() throws IOException {
        List<String> known =
                found(Pattern.compile("(?<=\\n\\| `)--[a-z-]+"), Files.readString(ROOT.resolve("docs/settings.md")));
        List<String> given = new ArrayList<>();
        for (Path template : files(CHART.resolve("templates"))) {
            given.addAll(found(ARGUMENT, Files.readString(template)));
        }

        assertThat(given).hasSizeGreaterThan(20).isSubsetOf(known);
    }

    @Test
    void theImageIsOfTheProgramsVersion() throws IOException {
        String program = found(Pattern.compile("(?<=<version>)[^<]+"), Files.readString(ROOT.resolve("pom.xml")))
                .getFirst();

        assertThat(Files.readString(CHART.resolve("Chart.yaml")))
                .contains("\nappVersion: " + program.replace("-SNAPSHOT", "") + "\n");
    }

    @Test
    void theDashboardShowsMetricsThatThePageKnows() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/observability.md"));
        List<String> shown = found(METRIC, Files.readString(CHART.resolve("files/dashboard.json"))).stream()
                .map(name -> name.replaceAll("_bucket$", ""))
                .toList();

        assertThat(shown).hasSizeGreaterThan(10).isSubsetOf(found(METRIC, page));
    }

    /** Whoever issues the certificate owns the field: a manifest that has it takes it away at the next upgrade, or makes that fail. */
    @Test
    @Tag("attack-49")
    void noManifestHasACaBundle() throws IOException {
        for (Path folder : List.of(CHART.resolve("templates"), ROOT.resolve("manifests"))) {
            for (Path file : files(folder)) {
                if (!file.endsWith("manifests/render")) {
                    assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(CA_BUNDLE);
                }
            }
        }
    }
}
