package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Colour;
import dev.landwaiter.app.Engine;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import java.util.ArrayList;
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
            "       landwaiter verify IMAGE --policies FOLDER ..."
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
    private final LookupOptions lookup = new LookupOptions();

    VerifyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (!asked.misuse().isEmpty()) {
            throw new ParameterException(spec.commandLine(), asked.misuse());
        }
        ImageReference reference = ImageReference.parse(image);
        try (Engine engine = Engine.offline(SettingOptions.read(spec, surroundings.environment()), surroundings)) {
            List<ImagePolicy> policies = policies(engine, reference);
            Deadline deadline = lookup.deadline();
            Image resolved = engine.resolve(reference, deadline);
            String pinned = reference.pinned(resolved.digest());
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("reference", image)
                    .put("pinned", pinned);
            ArrayNode verdicts = json.putArray("verdicts");
            Colour colour = surroundings.colour();
            StringBuilder text = new StringBuilder(pinned).append('\n');
            int exit = ExitCode.FINE;
            for (ImagePolicy policy : policies) {
                Verdict verdict = engine.verify(resolved, policy, deadline);
                exit = ExitCode.worse(exit, exit(verdict));
                VerdictJson.write(verdicts.addObject().put("policy", policy.name()), verdict);
                text.append(text(policy, verdict, colour));
            }
            lookup.print(surroundings, json, text::toString);
            return exit;
        }
    }

    private List<ImagePolicy> policies(Engine engine, ImageReference reference) {
        List<ImagePolicy> policies = new ArrayList<>(engine.policies().current().matching(reference));
        if (asked.present()) {
            policies.add(asked.policy());
        } else if (engine.policies().current().policies().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is neither --key FILE nor --certificate-identity SUBJECT nor --policies FOLDER");
        }
        if (policies.isEmpty()) {
            throw new Failure(
                    Code.POLICY_NO_MATCH,
                    "Could not verify \"%s\": none of the policies is for %s. Give --key FILE, or a policy whose images match."
                            .formatted(image, reference.name()));
        }
        return policies;
    }

    private static int exit(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Verified _ -> ExitCode.FINE;
            case Verdict.Rejected _ -> ExitCode.REFUSED;
            case Verdict.Unavailable _ -> ExitCode.COULD_NOT_CHECK;
        };
    }

    private static String text(ImagePolicy policy, Verdict verdict, Colour colour) {
        return switch (verdict) {
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
            case Verdict.Rejected(Code code, String message) ->
                "  %s  %s: %s (%s)%n".formatted(colour.red("rejected"), policy.name(), message, code);
            case Verdict.Unavailable(Code code, String message) ->
                "  %s  %s: %s (%s)%n".formatted(colour.yellow("could not check"), policy.name(), message, code);
        };
    }
}
