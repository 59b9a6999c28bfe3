package dev.landwaiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds docs/adr to one form, its index to its pages, and the table of packages to the packages that exist. */
class DecisionRecordsTest {
    private static final Path FOLDER = Path.of("..", "docs", "adr");
    private static final Pattern PAGE = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");
    private static final Pattern HEAD =
            Pattern.compile("# (\\d+)\\. (.+)\n\nDate: (\\d{4}-\\d\\d-\\d\\d)\n\n## Situation\n\n");
    private static final Pattern HEADING = Pattern.compile("^## (.*)$", Pattern.MULTILINE);
    private static final Pattern PACKAGES = Pattern.compile("\\| (`[a-z]+`(?:, `[a-z]+`)*)[^|]*\\|[^|]+\\|([^|]+)\\|");
    private static final Pattern NAME = Pattern.compile("`([a-z]+)`");

    /** Where packages stand: the folder of each module, seen from this one. */
    private static final List<Path> MODULES = Stream.of(".", "../certs/src", "../webhook/src", "../webhook/demo/src")
            .map(module -> Path.of(module).resolve("main/java/dev/landwaiter"))
            .toList();

    @Test
    void eachPageHasTheSameForm() throws IOException {
        pages().forEach((file, text) -> {
            Matcher head = HEAD.matcher(text);
            assertThat(head.lookingAt())
                    .as(
                            "%s begins with '# N. Title', 'Date: YYYY-MM-DD' and '## Situation', with empty lines between",
                            file)
                    .isTrue();
            assertThat(file).startsWith("%04d-".formatted(Integer.parseInt(head.group(1))));
            assertThat(HEADING.matcher(text).results().map(one -> one.group(1)).toList())
                    .as("the headings of %s", file)
                    .isIn(
                            List.of("Situation", "Decision", "What follows"),
                            List.of("Situation", "Decision", "Considered", "What follows"));
        });
    }

    @Test
    void theIndexHasEachPageWithItsTitleAndDate() throws IOException {
        List<String> rows = pages().entrySet().stream()
                .map(page -> {
                    Matcher head = HEAD.matcher(page.getValue());
                    return head.lookingAt()
                            ? "| [%s](%s) | %s | %s |"
                                    .formatted(
                                            page.getKey().substring(0, 4), page.getKey(), head.group(2), head.group(3))
                            : page.getKey();
                })
                .toList();

        assertThat(Files.readAllLines(FOLDER.resolve("README.md")).stream().filter(line -> line.startsWith("| [")))
                .containsExactlyElementsOf(rows);
    }

    @Test
    void noTwoPagesHaveOneNumber() throws IOException {
        assertThat(pages().keySet().stream().map(file -> file.substring(0, 4))).doesNotHaveDuplicates();
    }

    @Test
    void theTableOfPackagesNamesEachThatExistsAndNoOther() throws IOException {
        assertThat(table().keySet()).isEqualTo(existing());
    }

    @Test
    void whatTheTableSaysThatACorePackageMayUseIsWhatIsHeld() throws IOException {
        Set<String> existing = existing();
        Map<String, Set<String>> table = table();
        PackageTableTest.MAY_USE.forEach((name, used) -> {
            Set<String> allowed = new TreeSet<>(List.of(used.split(" ", -1)));
            allowed.retainAll(existing);
            // these rows are written in words: each other, and all of the above
            if (!Set.of("failure", "limit", "admission").contains(name)) {
                assertThat(table.get(name)).as("what %s may use", name).isEqualTo(allowed);
            }
        });
    }

    private static NavigableMap<String, Set<String>> table() throws IOException {
        NavigableMap<String, Set<String>> table = new TreeMap<>();
        for (String line : Files.readAllLines(FOLDER.resolve("0001-modules-and-packages.md"))) {
            Matcher row = PACKAGES.matcher(line);
            if (row.matches()) {
                names(row.group(1)).forEach(name -> table.put(name, new TreeSet<>(names(row.group(2)))));
            }
        }
        return table;
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(one -> one.group(1)).toList();
    }

    private static Set<String> existing() throws IOException {
        Set<String> packages = new TreeSet<>();
        for (Path module : MODULES) {
            try (Stream<Path> folders = Files.list(module)) {
                folders.filter(Files::isDirectory)
                        .forEach(folder -> packages.add(folder.getFileName().toString()));
            }
        }
        return packages;
    }

    private static NavigableMap<String, String> pages() throws IOException {
        NavigableMap<String, String> pages = new TreeMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (PAGE.matcher(name).matches()) {
                    pages.put(name, Files.readString(file));
                }
            }
        }
        assertThat(pages).isNotEmpty();
        return pages;
    }
}
