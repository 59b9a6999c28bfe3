package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Engine;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import picocli.CommandLine.Command;

/** {@code resolve IMAGE}: the reference with its digest, as the webhook would pin it. */
@Command(
        name = "resolve",
        customSynopsis = "landwaiter resolve IMAGE [-o text|json|yaml] [--timeout DURATION] [SETTINGS]",
        sortOptions = false,
        header = "Prints an image's reference with the digest it has now, as the webhook would pin it.",
        description = {"", "For instance: landwaiter resolve ghcr.io/acme/api:1.4"})
final class ResolveCommand extends ImageCommand {
    ResolveCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    PrintedResult show(Engine engine, ImageReference reference, Image resolved, Deadline deadline) {
        String pinned = reference.pinned(resolved.digest());
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("reference", reference.text())
                .put("pinned", pinned)
                .put("digest", resolved.digest().toString())
                .put("mediaType", resolved.document().mediaType());
        return new PrintedResult(json, pinned + "\n");
    }
}
