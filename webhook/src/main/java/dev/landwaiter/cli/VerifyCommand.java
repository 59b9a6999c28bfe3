package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Colour;
import dev.landwaiter.app.Engine;
import dev.landwaiter.app.EvidenceTape;
import dev.landwaiter.app.PolicyFolders;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.check.Finding;
import dev.landwaiter.check.ImageTrial;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify IMAGE}: whether an image is signed, as the webhook would say. */
@Command(
        name = "verify",
        customSynopsis = {
            "landwaiter verify IMAGE --key FILE... [--attestation TYPE]... [-o text|json|yaml] [--timeout DURATION] [SETTINGS]",
            "       landwaiter verify IMAGE --certificate-identity SUBJECT --certificate-oidc-issuer URL [--trust-root FILE] ...",
            "       landwaiter verify IMAGE --policies FOLDER|--kubeconfig FILE [-n NAME] [-l KEY=VALUE]... ..."
        },
        sortOptions = false,
        header = "Says whether an image is signed by a key or an identity, or is as the policies demand.",
        description = {
            "",
            "Finds cosign's signatures and attestations in both forms by itself: bundles that refer to the image, and .sig and .att tags. "
                    + "The options are named as cosign's.",
            "For instance: landwaiter verify ghcr.io/acme/api:1.4 --key cosign.pub",
            "              landwaiter verify ghcr.io/acme/api:1.4 --certificate-oidc-issuer https://token.actions.githubusercontent.com "
                    + "--certificate-identity https://github.com/acme/api/.github/workflows/release.yml@refs/heads/main"
        })
final class VerifyCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "the image's reference")
    private String image = "";

    @Mixin
    private final AskedPolicy asked = new AskedPolicy();

    @Mixin
    private final PodOptions podOptions = new PodOptions();

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    VerifyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (!asked.misuse().isEmpty()) {
            throw new ParameterException(spec.commandLine(), asked.misuse());
        }
        Settings settings = SettingOptions.read(spec, surroundings.environment());
        ImageReference reference = ImageReference.parse(image, settings.get(SettingRows.LIMIT));
        Deadline deadline = lookup.deadline();
        try (Engine engine = Engine.deciding(
                settings, surroundings, PolicyFolders.ofSettings(settings), EvidenceTape.none(), deadline)) {
            ImageTrial.Tried tried = trial(engine, settings).of(image, podOptions.pod(), deadline);
            check(tried, reference);
            lookup.print(surroundings, json(tried), () -> text(tried, engine.rules()));
            return TriedImage.exit(tried);
        }
    }

    private ImageTrial trial(Engine engine, Settings settings) {
        if (asked.present()) {
            return engine.trial().and(asked.policy(settings.get(SettingRows.LIMIT)));
        }
        if (!Engine.seesCluster(settings)
                && engine.policies().current().policies().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is neither --key FILE nor --certificate-identity SUBJECT nor --policies FOLDER nor --kubeconfig FILE");
        }
        return engine.trial();
    }

    /** An image of which nothing is demanded, or that can't be resolved, proves nothing, whatever a webhook would make of it. */
    private void check(ImageTrial.Tried tried, ImageReference reference) {
        Finding finding = tried.finding();
        if (finding.verdicts().isEmpty()) {
            throw new Failure(
                    Code.POLICY_NO_MATCH,
                    "Could not verify \"%s\": none of the policies is for %s. Give --key FILE, or a policy whose images match."
                            .formatted(image, reference.name()));
        }
        if (finding.failure() != null && !tried.admitted()) {
            throw finding.failure();
        }
    }

    private ObjectNode json(ImageTrial.Tried tried) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("reference", image)
                .put("pinned", tried.finding().pinned().orElse(""))
                .put("admitted", tried.admitted());
        ArrayNode verdicts = json.putArray("verdicts");
        for (Finding.PolicyVerdict said : tried.finding().verdicts()) {
            ObjectNode verdict =
                    verdicts.addObject().put("policy", said.policy().name());
            VerdictJson.write(verdict, said.verdict());
            if (said.exemption() != null) {
                verdict.put("exemption", said.exemption().name());
            }
        }
        ArrayNode warnings = json.putArray("warnings");
        tried.result().warnings().forEach(warnings::add);
        return json;
    }

    private String text(ImageTrial.Tried tried, AdmissionRules rules) {
        Finding finding = tried.finding();
        Colour colour = surroundings.colour();
        StringBuilder text = new StringBuilder(finding.pinned().orElse(image)).append('\n');
        for (Finding.PolicyVerdict said : finding.verdicts()) {
            text.append(text(said, colour));
        }
        if (!finding.matched() && rules.noMatch() == AdmissionRules.NoMatch.DENY) {
            text.append("  %s  %s%n".formatted(colour.red("refused"), TrialText.noMatch(finding, rules)));
        }
        return text.toString();
    }

    private static String text(Finding.PolicyVerdict said, Colour colour) {
        return switch (said.verdict()) {
            case Verdict.Verified(List<Evidence> evidence) -> {
                StringBuilder lines = new StringBuilder();
                for (Evidence one : evidence) {
                    lines.append("  %s  %s: %s (%s)%n"
                            .formatted(
                                    colour.green("verified"),
                                    one.authority(),
                                    VerdictJson.line(one),
                                    VerdictJson.format(one.format())));
                }
                yield lines.toString();
            }
            case Verdict.Rejected(Code code, String message) -> line(colour.red("rejected"), said, code, message);
            case Verdict.Unavailable(Code code, String message) ->
                line(colour.yellow("could not check"), said, code, message);
        };
    }

    private static String line(String word, Finding.PolicyVerdict said, Code code, String message) {
        return "  %s  %s: %s (%s)%s%n".formatted(word, said.policy().name(), message, code, TrialText.effect(said));
    }
}
