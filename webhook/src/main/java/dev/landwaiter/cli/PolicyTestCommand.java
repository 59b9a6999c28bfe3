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
import dev.landwaiter.check.Finding;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            "landwaiter policy test -f FOLDER|FILE --image IMAGE... [-n NAME] [--kubeconfig FILE] [--record FILE] [-o text|json|yaml] [SETTINGS]",
            "       landwaiter policy test -f FOLDER|FILE --evidence FILE [--image IMAGE...] [-n NAME] [-o text|json|yaml]"
        },
        sortOptions = false,
        header = "Shows what policies say of images: image, policy, authority, verdict, reason.",
        description = {
            "",
            "Asks the images' registries, or offline what --record kept of them. A recording holds manifests, image configurations, "
                    + "signatures and attestations with their digests, and no credential; the policies may change between the two.",
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

    @Option(names = "--record", paramLabel = "FILE", description = "where to keep what registries answered")
    private @Nullable Path record;

    @Option(names = "--evidence", paramLabel = "FILE", description = "what to ask instead of registries")
    private @Nullable Path evidence;

    @Mixin
    private final PodOptions podOptions = new PodOptions();

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    PolicyTestCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings settings = SettingOptions.read(spec, surroundings.environment());
        Optional<PolicyFolder> folder = Optional.ofNullable(file)
                .map(given -> PolicyFolders.open(given, settings))
                .or(() -> PolicyFolders.ofSettings(settings));
        if (folder.isEmpty() && !Engine.seesCluster(settings)) {
            throw misused("there is neither -f FOLDER nor --policies FOLDER nor --kubeconfig FILE");
        }
        EvidenceTape tape = tape(settings);
        List<String> references = images.isEmpty() ? tape.images() : images;
        if (references.isEmpty()) {
            throw misused("--image IMAGE is missing");
        }
        // told as a mistake of usage, and not as the refusal that it would be in a Pod
        references.forEach(reference -> {
            ImageReference _ = ImageReference.parse(reference);
        });
        List<TriedImage> tried = new ArrayList<>();
        Deadline deadline = lookup.deadline();
        try (Engine engine = Engine.deciding(settings, surroundings, folder, tape, deadline)) {
            ImageTrial trial = engine.trial();
            ImageTrial.Pod pod = podOptions.pod();
            references.forEach(reference -> tried.add(TriedImage.of(reference, trial, pod, deadline)));
            if (record != null) {
                tape.write(record, references);
            }
            print(engine.rules(), tried);
        }
        return tried.stream().map(TriedImage::exit).reduce(ExitCode.FINE, ExitCode::worse);
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

    private void print(AdmissionRules rules, List<TriedImage> tried) {
        TrialText text =
                new TrialText(surroundings.colour(), spec.usageMessage().width(), rules);
        lookup.print(surroundings, json(tried), () -> text.table(tried));
    }

    private static ObjectNode json(List<TriedImage> tried) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("images");
        for (TriedImage one : tried) {
            ObjectNode image = list.addObject()
                    .put("reference", one.reference())
                    .put("pinned", one.pinned())
                    .put("outcome", one.finding().outcome().text())
                    .put("noMatch", !one.finding().matched())
                    .put("exit", one.exit());
            ArrayNode policies = image.putArray("policies");
            for (ImageTrial.Asked asked : one.policies()) {
                policy(policies.addObject(), asked.said(), asked.authorities());
            }
            ArrayNode warnings = image.putArray("warnings");
            one.tried().result().warnings().forEach(warnings::add);
        }
        return json;
    }

    private static void policy(
            ObjectNode json, Finding.PolicyVerdict said, List<ImageTrial.AuthorityVerdict> ofAuthorities) {
        json.put("policy", said.policy().id())
                .put("mode", TrialText.name(said.policy().mode()))
                .put("threshold", said.policy().threshold());
        VerdictJson.write(json, said.verdict());
        if (said.exemption() != null) {
            json.put("exemption", said.exemption().name());
        }
        ArrayNode authorities = json.putArray("authorities");
        for (ImageTrial.AuthorityVerdict authority : ofAuthorities) {
            VerdictJson.write(authorities.addObject().put("name", authority.authority()), authority.verdict());
        }
    }
}
