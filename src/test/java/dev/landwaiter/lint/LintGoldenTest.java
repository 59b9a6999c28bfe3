package dev.landwaiter.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.yaml.TestYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each folder holds policies and what is found in them; {@code -Dgolden.update=true} writes the latter anew. */
class LintGoldenTest {
    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("test", "resources", "lint"))) {
            return folders.map(folder -> String.valueOf(folder.getFileName())).sorted().toList().stream();
        }
    }

    private static List<LintFinding> lint(Path folder) {
        return new PolicyLint(new PolicyReader()).lint(PolicyFiles.read(folder, Limits.defaults()));
    }

    private static String shown(LintFinding finding) {
        return "%s:%d %s%n  %s %s %s%n    %s%n%s"
                .formatted(
                        Path.of(finding.file()).getFileName(),
                        finding.document(),
                        finding.object(),
                        finding.severity(),
                        finding.code().text(),
                        finding.path(),
                        finding.message(),
                        finding.instead().isEmpty() ? "" : "    write: " + finding.instead() + "\n");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsFoundIsAsRecorded(String name) throws IOException {
        Path folder = Path.of("test", "resources", "lint", name);
        String found = lint(folder).stream().map(LintGoldenTest::shown).collect(Collectors.joining());
        Path golden = folder.resolve("findings.txt");
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, found);
        }
        assertThat(found).isEqualTo(Files.readString(golden));
    }

    /** It is pasted into a file. */
    @ParameterizedTest
    @MethodSource("cases")
    void whatToWriteInsteadIsYaml(String name) {
        assertThat(lint(Path.of("test", "resources", "lint", name)))
                .extracting(LintFinding::instead)
                .filteredOn(instead -> !instead.isEmpty())
                .allSatisfy(instead -> assertThat(TestYaml.document(instead).size())
                        .as(instead)
                        .isEqualTo(1));
    }

    @Test
    void everyCodeIsFoundSomewhere() throws IOException {
        Set<LintCode> found = EnumSet.noneOf(LintCode.class);
        for (String name : cases().toList()) {
            lint(Path.of("test", "resources", "lint", name)).forEach(finding -> found.add(finding.code()));
        }
        assertThat(found).containsExactlyInAnyOrder(LintCode.values());
    }

    @Test
    void everyCodeIsDocumented() throws IOException {
        String documented = Files.readString(Path.of("..", "docs", "cli.md"));
        for (LintCode code : LintCode.values()) {
            assertThat(documented)
                    .contains("| `%s` | %s | %s |"
                            .formatted(code.text(), code.severity().name().toLowerCase(Locale.ROOT), code.meaning()));
        }
    }
}
