package dev.landwaiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the table of attacks true. It reads the tests' sources rather than their classes: those of the other modules are not on this one's
 * class path.
 */
class AttackTableTest {
    private static final Path TABLE = Path.of("../docs/security/attacks.md");
    private static final List<Path> TESTS = Stream.of("src", "certs/src", "webhook/src", "e2e/src")
            .map(module -> Path.of("..", module, "test", "java"))
            .toList();
    private static final int ATTACKS = 70;

    private static final Pattern ROW = Pattern.compile("(\\| (\\d+) \\| .* \\| )(.*) \\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+#\\w+)`(, )?");
    private static final Pattern TAG_OR_METHOD = Pattern.compile(
            "@Tag\\(\"attack-0*(\\d+)\"\\)|(?:void|List<DynamicTest>|Stream<DynamicTest>)\\s+(\\w+)\\(");

    /** A line of the table; {@code held} names the tests, and says what more there is to say. */
    private record Row(String before, int attack, String held) {
        static Stream<Row> of(String line) {
            Matcher row = ROW.matcher(line);
            return row.matches()
                    ? Stream.of(new Row(row.group(1), Integer.parseInt(row.group(2)), row.group(3)))
                    : Stream.empty();
        }

        List<String> named() {
            return NAMED.matcher(held).results().map(one -> one.group(1)).toList();
        }

        /** The same with {@code tests}, and the words as they are. */
        Row holding(Set<String> tests) {
            String words = NAMED.matcher(held).replaceAll("").strip();
            String names = tests.stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
            return new Row(before, attack, (names + " " + words).strip());
        }

        String line() {
            return before + held + " |";
        }
    }

    @Test
    void everyAttackHasARowThatIsNotEmpty() throws IOException {
        List<Row> rows = Files.readAllLines(TABLE).stream().flatMap(Row::of).toList();

        assertThat(rows)
                .extracting(Row::attack)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, ATTACKS).boxed().toList());
        assertThat(rows).allSatisfy(row -> assertThat(row.held()).isNotBlank());
    }

    @Test
    void whatARowNamesIsATestThatCarriesItsTag() throws IOException {
        Map<Integer, SortedSet<String>> tagged = tagged();
        List<String> lines = Files.readAllLines(TABLE);
        if (Boolean.getBoolean("golden.update")) {
            lines = lines.stream().map(line -> renewed(line, tagged)).toList();
            Path _ = Files.write(TABLE, lines);
        }

        assertThat(lines.stream().flatMap(Row::of))
                .allSatisfy(row -> assertThat(tagged.getOrDefault(row.attack(), new TreeSet<>()))
                        .as("the tests tagged attack-%d; -Dgolden.update=true writes their names anew", row.attack())
                        .containsAll(row.named()));
    }

    private static String renewed(String line, Map<Integer, SortedSet<String>> tagged) {
        return Row.of(line)
                .map(row -> row.holding(tagged.getOrDefault(row.attack(), new TreeSet<>()))
                        .line())
                .findFirst()
                .orElse(line);
    }

    private static Map<Integer, SortedSet<String>> tagged() throws IOException {
        Map<Integer, SortedSet<String>> tagged = new HashMap<>();
        for (Path folder : TESTS) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(AttackTableTest::isTest).toList()) {
                    collect(file, tagged);
                }
            }
        }
        return tagged;
    }

    private static boolean isTest(Path file) {
        return file.toString().endsWith("Test.java") || file.toString().endsWith("IT.java");
    }

    private static void collect(Path file, Map<Integer, SortedSet<String>> tagged) throws IOException {
        String test = String.valueOf(file.getFileName()).replace(".java", "");
        List<Integer> tags = new ArrayList<>();
        for (MatchResult one :
                TAG_OR_METHOD.matcher(Files.readString(file)).results().toList()) {
            if (one.group(1) != null) {
                tags.add(Integer.valueOf(one.group(1)));
            } else {
                tags.forEach(
                        tag -> tagged.computeIfAbsent(tag, _ -> new TreeSet<>()).add(test + "#" + one.group(2)));
                tags.clear();
            }
        }
    }
}
