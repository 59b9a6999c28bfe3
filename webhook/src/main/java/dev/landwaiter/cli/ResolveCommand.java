package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.ImageReference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code resolve IMAGE}: the reference with its digest, as the webhook would pin it. */
@Command(
        name = "resolve",
        customSynopsis = "landwaiter resolve IMAGE [-o text|json|yaml] [--timeout DURATION] [SETTINGS]",
        sortOptions = false,
        header = "Prints an image's reference with the digest it has now, as the webhook would pin it.",
        description = {"", "For instance: landwaiter resolve ghcr.io/acme/api:1.4"})
final class ResolveCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "the image's reference")
    private String image = "";

    @Mixin
    private final LookupOptions lookup = new LookupOptions();

    ResolveCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        ImageReference reference = ImageReference.parse(image);
        try (Engine engine = Engine.offline(SettingOptions.read(spec, surroundings.environment()), surroundings)) {
            Image resolved = engine.resolve(reference, lookup.deadline());
            String pinned = reference.pinned(resolved.digest());
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("reference", image)
                    .put("pinned", pinned)
                    .put("digest", resolved.digest().toString())
                    .put("mediaType", resolved.document().mediaType());
            lookup.print(surroundings, json, () -> pinned + "\n");
            return ExitCode.FINE;
        }
    }
}
