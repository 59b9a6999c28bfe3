package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.admission.AdmissionPipeline;
import dev.landwaiter.admission.Decision;
import dev.landwaiter.admission.Endpoint;
import dev.landwaiter.app.Colour;
import dev.landwaiter.app.Engine;
import dev.landwaiter.app.EvidenceTape;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.PolicyFolders;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.check.ImageOutcome;
import dev.landwaiter.check.Problem;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code plan -f FILE}: what the webhook would do with the Pods of a file. */
@Command(
        name = "plan",
        customSynopsis =
                "landwaiter plan -f FILE [-n NAME] [--kubeconfig FILE] [-o text|json|yaml] [--timeout DURATION] [SETTINGS]",
        sortOptions = false,
        header = "Shows what the webhook would do with the Pods of a file.",
        description = {
            "",
            "Reads Pods, and the Pod templates of Deployments, Jobs and the like: templates stay as they are written in the cluster, "
                    + "so what is shown of them is the Pod that would come of each. Text shows a diff, -o yaml the Pods as they would "
                    + "be admitted.",
            "For instance: landwaiter plan -f pod.yaml --policies policies/",
            "              landwaiter plan -f pod.yaml --kubeconfig ~/.kube/config"
        })
final class PlanCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE",
            description = "YAML or JSON; - for standard input")
    private Path file = Path.of("-");

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "of objects that name none (default: ${DEFAULT-VALUE})")
    private String namespace = "default";

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    PlanCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings settings = SettingOptions.read(spec, surroundings.environment());
        List<PodFile.Pod> pods = PodFile.read(file, namespace, settings.get(SettingRows.LIMIT));
        try (Engine engine = Engine.deciding(
                settings, surroundings, PolicyFolders.ofSettings(settings), EvidenceTape.none(), lookup.deadline())) {
            ArrayNode results = JsonNodeFactory.instance.arrayNode();
            StringBuilder text = new StringBuilder();
            StringBuilder yaml = new StringBuilder();
            Colour colour = surroundings.colour();
            int exit = ExitCode.FINE;
            for (PodFile.Pod pod : pods) {
                AdmissionPipeline.Decided decided =
                        engine.pipeline().decide(pod.request(), Endpoint.MUTATE, lookup.deadline());
                JsonNode admitted = decided.decision() instanceof Decision.Allowed allowed
                        ? allowed.patch().applyTo(pod.object())
                        : pod.object();
                exit = ExitCode.worse(exit, exit(decided.decision()));
                results.add(json(pod, decided, admitted));
                text.append(text(pod, decided, admitted, colour));
                yaml.append(yaml.isEmpty() ? "" : "---\n").append(Output.yaml(admitted));
            }
            if (lookup.output() == Output.YAML) {
                surroundings.out().print(yaml);
                surroundings.err().print(problems(pods, results));
            } else {
                lookup.print(surroundings, results, text::toString);
            }
            surroundings.out().flush();
            surroundings.err().flush();
            return exit;
        }
    }

    private static int exit(Decision decision) {
        return switch (decision) {
            case Decision.Denied denied -> denied.status() == 503 ? ExitCode.COULD_NOT_CHECK : ExitCode.REFUSED;
            case Decision.Allowed _, Decision.Skipped _ -> ExitCode.FINE;
        };
    }

    private static String problems(List<PodFile.Pod> pods, ArrayNode results) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pods.size(); i++) {
            for (JsonNode problem : results.get(i).path("problems")) {
                text.append("%s: %s (%s)%n"
                        .formatted(
                                pods.get(i).title(),
                                problem.path("message").asText(),
                                problem.path("code").asText()));
            }
        }
        return text.toString();
    }

    private static ObjectNode json(PodFile.Pod pod, AdmissionPipeline.Decided decided, JsonNode admitted) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("object", pod.title())
                .put("decision", decided.decision().name());
        ArrayNode images = json.putArray("images");
        for (ImageOutcome image : decided.images()) {
            ObjectNode one = images.addObject()
                    .put("path", image.path())
                    .put("reference", image.reference())
                    .put("pinned", image.pinned())
                    .put("outcome", image.outcome());
            image.policies().forEach(one.putArray("policies")::add);
        }
        ArrayNode problems = json.putArray("problems");
        if (decided.decision() instanceof Decision.Denied denied) {
            for (Problem problem : denied.problems()) {
                problems.addObject()
                        .put("path", problem.path())
                        .put("code", problem.code().name())
                        .put("message", problem.message());
            }
            if (denied.more() > 0) {
                json.put("problemsMore", denied.more());
            }
        }
        decided.decision().warnings().forEach(json.putArray("warnings")::add);
        json.set("admitted", admitted);
        return json;
    }

    private static String text(PodFile.Pod pod, AdmissionPipeline.Decided decided, JsonNode admitted, Colour colour) {
        StringBuilder text = new StringBuilder();
        text.append(colour.bold(pod.title()))
                .append(": ")
                .append(decision(decided.decision(), colour))
                .append('\n');
        text.append(new DecisionText(colour).lines(decided.decision(), decided.images()));
        String diff = Diff.of(Output.yaml(pod.object()), Output.yaml(admitted), pod.title(), colour);
        if (!diff.isEmpty()) {
            text.append('\n').append(diff);
        }
        return text.append('\n').toString();
    }

    private static String decision(Decision decision, Colour colour) {
        return switch (decision) {
            case Decision.Allowed _, Decision.Skipped _ -> colour.green(decision.name());
            case Decision.Denied denied -> colour.red("denied (" + denied.status() + ")");
        };
    }
}
