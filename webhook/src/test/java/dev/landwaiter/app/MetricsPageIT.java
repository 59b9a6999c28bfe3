package dev.landwaiter.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.report.Metrics;
import dev.landwaiter.report.RotationMetrics;
import dev.landwaiter.report.StateMetrics;
import dev.landwaiter.report.TrustRootMetrics;
import dev.landwaiter.yaml.KubernetesYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/observability.md to the metrics that a webhook really has: their names, their labels, and the alerts that use them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsPageIT {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("observability.md");
    private static final Path SOURCES = Path.of("src", "main", "java");

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
    private static final Pattern ROW = Pattern.compile("\\| `(landwaiter_\\w+)` \\| (.*?) \\| (\\w+) \\| .+ \\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)`");
    private static final Pattern METER =
            Pattern.compile("\"(landwaiter(?:\\.[a-z]+){2,})\"|\"(landwaiter\\.[a-z]{4,})\"");
    /** A metric in a page or in an expression, with the labels that it is asked by. */
    private static final Pattern USED = Pattern.compile("\\b(landwaiter_[a-z_]*[a-z])(?:\\{([^}]*)})?");

    private final NavigableMap<String, Meter> meters = new TreeMap<>();
    private final Set<String> others = new TreeSet<>();

    private record Meter(String type, Set<String> labels) {}

    @BeforeAll
    void scrape(@TempDir Path folder) throws Exception {
        try (Port port = new Port(folder)) {
            port.write("policies/audit.yaml", port.policy("tools", "tools/**", "audit", ""));
            String shell =
                    port.registry.images().image("tools/shell").tag("1").push().text();
            try (RunningWebhook webhook = new RunningWebhook(port, Map.of())) {
                webhook.ask("/mutate", RunningWebhook.review("1", port.signed.text(), port.unsigned.text()));
                webhook.ask("/validate", RunningWebhook.review("2", shell));
                var _ = webhook.post("/nowhere", "{}");
                read(webhook.manage("/metrics").body());
            }
        }
        read(ofAClusterAndARefreshedTrustRoot(folder));
    }

    private static String ofAClusterAndARefreshedTrustRoot(Path folder) throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://api.test:6443"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);
        try (Metrics metrics = new Metrics();
                ClusterConnection cluster = ClusterConnection.of(kubeconfig, Limits.defaults())) {
            StateMetrics _ = new StateMetrics(metrics.registry()).cluster(cluster.watches(), cluster.contact());
            TrustRootMetrics _ = new TrustRootMetrics(metrics.registry(), Optional::empty);
            RotationMetrics.show(
                    metrics.registry(),
                    new RotationMetrics.Rotation(
                            () -> true, () -> false, Optional::empty, Optional::empty, () -> 0, () -> 0, () -> 0));
            return metrics.text();
        }
    }

    private void read(String scraped) {
        for (String line : scraped.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                if (type.group(1).startsWith("landwaiter_")) {
                    var _ = meters.putIfAbsent(type.group(1), new Meter(type.group(2), new TreeSet<>()));
                } else {
                    others.add(type.group(1));
                }
            } else if (line.startsWith("landwaiter_")) {
                Meter meter = find(line.split("[{ ]", 2)[0]).orElseThrow();
                LABEL.matcher(line).results().map(one -> one.group(1)).forEach(meter.labels()::add);
                meter.labels().remove("le");
            }
        }
    }

    /** The meter of the sample {@code name}, which of a histogram has an ending. */
    private Optional<Meter> find(String name) {
        return Stream.of(name, name.replaceFirst("_(bucket|sum|count)$", ""))
                .filter(meters::containsKey)
                .map(meters::get)
                .findFirst();
    }

    @Test
    void eachMeterOfTheSourcesWasSeen() throws IOException {
        List<String> registered = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                METER.matcher(Files.readString(file))
                        .results()
                        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                        .filter(name -> !name.startsWith("landwaiter.dev"))
                        .forEach(registered::add);
            }
        }

        assertThat(registered)
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(meters.keySet())
                        .as("what this test scrapes should have %s, so that the page is held to it", name)
                        .anyMatch(meter -> meter.matches(name.replace('.', '_') + "(_total|_seconds|_bytes)?")));
    }

    @Test
    void thePageHasEachMeterWithItsLabelsAndNoOther() throws IOException {
        NavigableMap<String, Meter> told = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                told.put(row.group(1), new Meter(row.group(3), new TreeSet<>(named(row.group(2)))));
            }
        }

        assertThat(told).isEqualTo(meters);
    }

    @Test
    void thePageNamesTheFamiliesOfTheProcessItself() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(others)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(page).contains("`" + name.replaceFirst("_.*", "_*") + "`"));
    }

    @Test
    void everyPageAndAlertUsesMetricsAndLabelsThatExist() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String page : List.of("README.md", "CHANGELOG.md", "SECURITY.md")) {
            pages.add(Path.of("..", page));
        }
        try (Stream<Path> files = Files.walk(DOCS)) {
            files.filter(each -> each.toString().endsWith(".md")).forEach(pages::add);
        }

        assertThat(pages).hasSizeGreaterThan(10);
        for (Path page : pages) {
            USED.matcher(Files.readString(page)).results().forEach(used -> holds(page, used));
        }
    }

    private void holds(Path page, MatchResult used) {
        assertThat(find(used.group(1))).as("%s in %s", used.group(), page).hasValueSatisfying(meter -> {
            if (used.group(2) != null) {
                List<String> labels = Stream.of(used.group(2).split(","))
                        .map(label -> label.replaceFirst("[!=].*", "").strip())
                        .toList();
                assertThat(meter.labels()).as("%s in %s", used.group(), page).containsAll(labels);
            }
        });
    }

    @Test
    void eachRuleHasAnExpressionThatUsesAMetricAndSaysWhatToDo() throws IOException {
        KubernetesYaml.Documents read = new KubernetesYaml(Limits.defaults(), Limit.CREDENTIALS_FILE_BYTES)
                .read(rules().getBytes(StandardCharsets.UTF_8), "the rules");
        JsonNode rules = read.documents().getFirst().at("/groups/0/rules");

        assertThat(read.problem()).isEmpty();
        assertThat(rules).hasSizeGreaterThan(8).allSatisfy(rule -> {
            assertThat(rule.path("alert").asText()).matches("Landwaiter[A-Za-z]+");
            assertThat(rule.path("expr").asText()).containsPattern("landwaiter_|up\\{");
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
        });
    }

    private static String rules() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf("groups:");
        return page.substring(begin, page.indexOf("```", begin));
    }

    @Test
    void eachCodeThatARuleNamesExists() throws IOException {
        assertThat(Pattern.compile("[A-Z]+_[A-Z_]+").matcher(rules()).results().map(MatchResult::group))
                .isNotEmpty()
                .isSubsetOf(Stream.of(Code.values()).map(Code::name).toList());
    }

    private static List<String> named(String cell) {
        return NAMED.matcher(cell).results().map(one -> one.group(1)).toList();
    }
}
