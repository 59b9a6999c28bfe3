package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.verify.Evidence;
import dev.landwaiter.verify.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify IMAGE --key FILE}: whether an image is signed, as the webhook would say. */
@Command(
        name = "verify",
        customSynopsis =
                "landwaiter verify IMAGE [--key FILE]... [--policies FOLDER] [-o text|json|yaml] [--timeout DURATION] [SETTINGS]",
        sortOptions = false,
        header = "Says whether an image is signed by one of the keys, or is as the policies demand.",
        description = {
            "",
            "Finds cosign signatures in both forms by itself: bundles that refer to the image, and .sig tags.",
            "For instance: landwaiter verify ghcr.io/acme/api:1.4 --key cosign.pub"
        })
final class VerifyCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "the image's reference")
    private String image = "";

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "a public key in PEM; may be given several times, one of them must have signed")
    private List<Path> keys = List.of();

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    VerifyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
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
            Colour colour = new Colour(surroundings.colours());
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
        if (!keys.isEmpty()) {
            policies.add(ofKeys());
        } else if (engine.policies().current().policies().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there is neither --key FILE nor --policies FOLDER");
        }
        if (policies.isEmpty()) {
            throw new Failure(
                    Code.POLICY_NO_MATCH,
                    "Could not verify \"%s\": none of the policies is for %s. Give --key FILE, or a policy whose images match."
                            .formatted(image, reference.name()));
        }
        return policies;
    }

    private ImagePolicy ofKeys() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("name", "--key");
        ObjectNode policy = object.putObject("spec");
        policy.putArray("images").addObject().put("glob", "**");
        ArrayNode authorities = policy.putArray("authorities");
        for (Path key : keys) {
            String pem = content(key);
            // told of the file that a person named, rather than of the policy that is made of it
            PublicKey _ = PublicKeys.parse(pem, Code.SETTING_INVALID, "--key \"" + key + "\"");
            authorities.addObject().put("name", key.toString()).putObject("key").put("data", pem);
        }
        ImagePolicy read = new PolicyReader().read(object);
        if (read.problem() != null) {
            throw new Failure(Code.SETTING_INVALID, "Could not use --key: " + read.problem());
        }
        return read;
    }

    private static String content(Path key) {
        try {
            return Files.readString(key);
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read key \"%s\": %s. Give the file that holds the public key in PEM, such as cosign.pub."
                            .formatted(key, Files.exists(key) ? e.getMessage() : "there is no such file"),
                    e);
        }
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
                                    VerdictJson.format(one)));
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
