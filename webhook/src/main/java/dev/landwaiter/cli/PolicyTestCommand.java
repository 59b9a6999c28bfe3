package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Engine;
import dev.landwaiter.app.EvidenceTape;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.PolicyFolders;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code policy test -f FOLDER --image REF}: what policies say of images, before they bite. */
@Command(
        name = "test",
        customSynopsis = {
            "landwaiter policy test -f FOLDER|FILE --image IMAGE... [-n NAME] [--record FILE] [-o text|json|yaml] [SETTINGS]",
            "       landwaiter policy test -f FOLDER|FILE --evidence FILE [--image IMAGE...] [-n NAME] [-o text|json|yaml]"
        },
        sortOptions = false,
        header = "Shows what policies say of images: image, policy, authority, verdict, reason.",
        description = {
            "",
            "Asks the images' registries, or offline what --record kept of them. A recording holds manifests, signatures and "
                    + "attestations with their digests, and no credential; the policies may change between the two.",
            "Exit: 0 where every image is admitted, 1 where one is refused, 2 where one could not be checked.",
            "For instance: landwaiter policy test -f policies/ --image ghcr.io/acme/api:1.4 --record evidence.json",
            "              landwaiter policy test -f policies/ --evidence evidence.json"
        })
final class PolicyTestCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FOLDER|FILE",
            description = "the policies (default: those of --policies)")
    private @Nullable Path file;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "an image's reference; may be given several times (default: those that were recorded)")
    private List<String> images = List.of();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "that a Pod with the images would be in (default: ${DEFAULT-VALUE})")
    private String namespace = "default";

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "a label that it would have, for policies with match; may be given several times")
    private Map<String, String> labels = Map.of();

    @Option(names = "--record", paramLabel = "FILE", description = "where to keep what registries answered")
    private @Nullable Path record;

    @Option(names = "--evidence", paramLabel = "FILE", description = "what to ask instead of registries")
    private @Nullable Path evidence;

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    PolicyTestCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings settings = SettingOptions.read(spec, surroundings.environment());
        PolicyFolder folder = Optional.ofNullable(file)
                .map(given -> PolicyFolders.open(given, settings))
                .or(() -> PolicyFolders.ofSettings(settings))
                .orElseThrow(() -> misused("there is neither -f FOLDER nor --policies FOLDER"));
        EvidenceTape tape = tape(settings);
        List<String> references = images.isEmpty() ? tape.images() : images;
        if (references.isEmpty()) {
            throw misused("there is no --image IMAGE");
        }
        List<PolicyTrial.Tried> tried = new ArrayList<>();
        try (Engine engine = Engine.offline(settings, surroundings, Optional.of(folder), tape)) {
            PolicyTrial trial = new PolicyTrial(
                    engine,
                    folder.current(),
                    folder,
                    namespace,
                    labels,
                    AdmissionRules.NoMatch.valueOf(
                            settings.get(SettingRows.NO_MATCH).name()),
                    Instant.now());
            Deadline deadline = lookup.deadline();
            references.forEach(reference -> tried.add(trial.of(reference, deadline)));
            if (record != null) {
                tape.write(record, references);
            }
            print(trial, tried);
        }
        return tried.stream().map(PolicyTrial.Tried::exit).reduce(ExitCode.FINE, ExitCode::worse);
    }

    private EvidenceTape tape(Settings settings) {
        if (record != null && evidence != null) {
            throw misused("--record and --evidence exclude each other");
        }
        if (evidence != null) {
            return EvidenceTape.replaying(evidence, settings.get(SettingRows.LIMIT));
        }
        return record != null ? EvidenceTape.recording() : EvidenceTape.none();
    }

    private ParameterException misused(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private void print(PolicyTrial trial, List<PolicyTrial.Tried> tried) {
        TrialText text =
                new TrialText(surroundings.colour(), spec.usageMessage().width(), trial.noMatch());
        lookup.print(surroundings, json(tried), () -> text.table(tried));
    }

    private static ObjectNode json(List<PolicyTrial.Tried> tried) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("images");
        for (PolicyTrial.Tried one : tried) {
            ObjectNode image = list.addObject()
                    .put("reference", one.reference())
                    .put("pinned", one.pinned())
                    .put("noMatch", one.noMatch())
                    .put("exit", one.exit());
            ArrayNode policies = image.putArray("policies");
            for (PolicyTrial.PolicyResult result : one.policies()) {
                policy(policies.addObject(), result);
            }
        }
        return json;
    }

    private static void policy(ObjectNode json, PolicyTrial.PolicyResult result) {
        json.put("policy", result.policy().id())
                .put("mode", TrialText.name(result.policy().mode()))
                .put("threshold", result.policy().threshold());
        VerdictJson.write(json, result.verdict());
        if (result.exemption() != null) {
            json.put("exemption", result.exemption().name());
        }
        ArrayNode authorities = json.putArray("authorities");
        for (PolicyTrial.AuthorityResult authority : result.authorities()) {
            VerdictJson.write(authorities.addObject().put("name", authority.name()), authority.verdict());
        }
    }
}
