package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.ClusterDoctor;
import dev.landwaiter.app.Colour;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.doctor.DoctorFinding;
import dev.landwaiter.doctor.Examination;
import dev.landwaiter.doctor.FindingCode;
import dev.landwaiter.lint.Severity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what is wrong with the installation in a cluster. */
@Command(
        name = "doctor",
        customSynopsis =
                "landwaiter doctor [--kubeconfig FILE] [-n NAMESPACE] [--webhook-configuration NAME] [-o text|json|yaml]",
        sortOptions = false,
        header = "Looks at an installation in a cluster, and says what is wrong and what to do.",
        description = {
            "",
            "Certificates, webhook configurations, rights, replicas, reachability, definitions, guards and policies. The cluster is only read, with your",
            "rights; what you may not read is told, and the rest goes on. Each finding has a stable code: docs/troubleshooting.md lists them.",
            "Exit: 0 where nothing is wrong, 1 where something is, with --strict also for warnings, 2 where something could not be looked at.",
            "For instance: landwaiter doctor --kubeconfig ~/.kube/config -n shop"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int WIDTH = 110;

    private final Surroundings surroundings;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description =
                    "an opted-in namespace, in which the API server is asked to admit a Pod that it does not keep (a server-side dry run)")
    private @Nullable String namespace;

    @Option(names = "--image", paramLabel = "IMAGE", description = "of that Pod (default: registry.k8s.io/pause:3.10)")
    private String image = "registry.k8s.io/pause:3.10";

    @Option(
            names = "--webhook-configuration",
            paramLabel = "NAME",
            description = "which both webhook configurations have (default: found by its labels)")
    private @Nullable String configuration;

    @Option(names = "--strict", description = "warnings count as errors do")
    private boolean strict;

    @Mixin
    private final PrintOptions print = new PrintOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Examination.Report report = ClusterDoctor.examine(
                SettingOptions.read(spec, surroundings.environment()),
                surroundings.environment(),
                Optional.ofNullable(configuration),
                Optional.ofNullable(namespace),
                image);
        print.print(surroundings, json(report), () -> text(report, surroundings.colour()));
        return exit(report.findings());
    }

    private int exit(List<DoctorFinding> findings) {
        boolean unseen = findings.stream().anyMatch(one -> one.code() == FindingCode.CANNOT_LOOK);
        boolean wrong = findings.stream()
                .anyMatch(one -> one.severity() == Severity.ERROR
                        || (strict && one.severity() == Severity.WARNING && one.code() != FindingCode.CANNOT_LOOK));
        if (wrong) {
            return ExitCode.REFUSED;
        }
        return unseen ? ExitCode.COULD_NOT_CHECK : ExitCode.FINE;
    }

    private static long count(Examination.Report report, Severity severity) {
        return report.findings().stream()
                .filter(one -> one.severity() == severity)
                .count();
    }

    private static ObjectNode json(Examination.Report report) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("webhookConfiguration", report.name())
                .put("namespace", report.namespace());
        for (Severity severity : Severity.values()) {
            json.put(SeverityText.name(severity) + "s", count(report, severity));
        }
        ArrayNode list = json.putArray("findings");
        for (DoctorFinding finding : report.findings()) {
            list.addObject()
                    .put("code", finding.code().text())
                    .put("severity", SeverityText.name(finding.severity()))
                    .put("where", finding.where())
                    .put("what", finding.what())
                    .put("next", finding.next());
        }
        return json;
    }

    private static String text(Examination.Report report, Colour colour) {
        StringBuilder text = new StringBuilder(
                "Installation \"%s\" in namespace \"%s\"%n%n".formatted(report.name(), report.namespace()));
        for (DoctorFinding finding : report.findings()) {
            text.append("%s  %s  %s%n"
                    .formatted(
                            SeverityText.padded(finding.severity(), colour),
                            colour.bold(finding.where()),
                            colour.dim(finding.code().text())));
            TextTable.wrapped(finding.what(), WIDTH).forEach(line -> text.append("         %s%n".formatted(line)));
            TextTable.wrapped("Next: " + finding.next(), WIDTH)
                    .forEach(line -> text.append("         %s%n".formatted(line)));
        }
        return text.append(report.findings().isEmpty() ? "" : "\n")
                .append("%s, %s, %s.%n"
                        .formatted(
                                SeverityText.counted(count(report, Severity.ERROR), "error"),
                                SeverityText.counted(count(report, Severity.WARNING), "warning"),
                                SeverityText.counted(count(report, Severity.INFO), "hint")))
                .toString();
    }
}
