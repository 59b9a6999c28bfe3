package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Colour;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.lint.LintFinding;
import dev.landwaiter.lint.PolicyLint;
import dev.landwaiter.lint.Severity;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyReader;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code policy lint -f FOLDER}: what is wrong with policies before anyone meets it. */
@Command(
        name = "lint",
        customSynopsis = "landwaiter policy lint -f FOLDER|FILE [-f ...] [--strict] [-o text|json|yaml]",
        sortOptions = false,
        header = "Finds what never matches, never decides, or is looser than it looks.",
        description = {
            "",
            "Asks no registry and no cluster. Each finding has a stable code and, where there is one, a text to paste instead.",
            "Exit: 0 where there is no error, 1 where there is one, with --strict also for warnings.",
            "For instance: landwaiter policy lint -f policies/"
        })
final class PolicyLintCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FOLDER|FILE",
            description = "policies in YAML or JSON; may be given several times")
    private List<Path> files = List.of();

    @Option(names = "--strict", description = "warnings count as errors do")
    private boolean strict;

    @Mixin
    private final PrintOptions print = new PrintOptions();

    PolicyLintCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<LintFinding> findings =
                new PolicyLint(new PolicyReader()).lint(PolicyFiles.read(files, Limits.defaults()));
        Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
        for (Severity severity : Severity.values()) {
            counts.put(severity, 0);
        }
        findings.forEach(finding -> counts.merge(finding.severity(), 1, Integer::sum));
        print.print(surroundings, json(findings, counts), () -> text(findings, counts, surroundings.colour()));
        boolean refused =
                counts.getOrDefault(Severity.ERROR, 0) > 0 || (strict && counts.getOrDefault(Severity.WARNING, 0) > 0);
        return refused ? ExitCode.REFUSED : ExitCode.FINE;
    }

    private static ObjectNode json(List<LintFinding> findings, Map<Severity, Integer> counts) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        counts.forEach((severity, count) -> json.put(SeverityText.name(severity) + "s", count));
        ArrayNode list = json.putArray("findings");
        for (LintFinding finding : findings) {
            list.addObject()
                    .put("file", finding.file())
                    .put("document", finding.document())
                    .put("object", finding.object())
                    .put("path", finding.path())
                    .put("severity", SeverityText.name(finding.severity()))
                    .put("code", finding.code().text())
                    .put("message", finding.message())
                    .put("instead", finding.instead());
        }
        return json;
    }

    private static String text(List<LintFinding> findings, Map<Severity, Integer> counts, Colour colour) {
        StringBuilder text = new StringBuilder();
        String last = "";
        for (LintFinding finding : findings) {
            String where = finding.document() == 0
                    ? finding.file()
                    : "%s, document %d: %s".formatted(finding.file(), finding.document(), finding.object());
            if (!where.equals(last)) {
                text.append(last.isEmpty() ? "" : "\n")
                        .append(colour.bold(where))
                        .append('\n');
                last = where;
            }
            String head = finding.path().isEmpty() ? "" : finding.path() + "  ";
            text.append("  %s  %s%s%n"
                    .formatted(
                            SeverityText.padded(finding.severity(), colour),
                            head,
                            colour.dim(finding.code().text())));
            text.append("           %s%n".formatted(finding.message()));
            if (!finding.instead().isEmpty()) {
                text.append("           write: %s%n".formatted(colour.green(finding.instead())));
            }
        }
        String summary = "%s, %s, %s."
                .formatted(
                        counted(counts, Severity.ERROR, "error"),
                        counted(counts, Severity.WARNING, "warning"),
                        counted(counts, Severity.INFO, "hint"));
        return text.append(last.isEmpty() ? "" : "\n")
                .append(summary)
                .append('\n')
                .toString();
    }

    private static String counted(Map<Severity, Integer> counts, Severity severity, String word) {
        return SeverityText.counted(counts.getOrDefault(severity, 0), word);
    }
}
