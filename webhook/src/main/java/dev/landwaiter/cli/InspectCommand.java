package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.app.Engine;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Index;
import dev.landwaiter.image.Manifest;
import dev.landwaiter.limit.Deadline;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** {@code inspect IMAGE}: what the webhook can know of an image. */
@Command(
        name = "inspect",
        customSynopsis = "landwaiter inspect IMAGE [-o text|json|yaml] [--timeout DURATION] [SETTINGS]",
        sortOptions = false,
        header =
                "Prints what an image says of itself: digest, platforms, labels, layers, referrers, unverified signers.",
        description = {
            "",
            "For instance: landwaiter inspect ghcr.io/acme/api:1.4 -o json",
            "",
            "There is no policy here: 'signaturesNotVerified' is what signatures say of themselves. 'landwaiter verify' verifies them."
        })
final class InspectCommand extends ImageCommand {
    /** cosign writes it to the referrers' list: what a bundle attests. */
    private static final String PREDICATE_TYPE = "dev.sigstore.bundle.predicateType";

    InspectCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    PrintedResult show(Engine engine, ImageReference reference, Image resolved, Deadline deadline) {
        ImageDetails details = engine.details(resolved, deadline);
        Partial<Descriptor> referrers = engine.referrers(resolved, deadline);
        ObjectNode json = describe(reference, resolved, details, referrers);
        SurveyJson.write(json, engine.survey(resolved, deadline));
        return new PrintedResult(json, Output.yaml(json));
    }

    private static ObjectNode describe(
            ImageReference reference, Image image, ImageDetails details, Partial<Descriptor> referrers) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("reference", reference.text())
                .put("repository", reference.name())
                .put("digest", image.digest().toString())
                .put("mediaType", image.document().mediaType());
        switch (image.document()) {
            case Manifest manifest -> {
                json.put("platform", details.config().platform().toString());
                json.put("layers", manifest.layers().size());
                json.put(
                        "layerBytes",
                        manifest.layers().stream().mapToLong(Descriptor::size).sum());
            }
            case Index index -> platforms(json.putArray("platforms"), index);
        }
        json.put("labelsOf", details.platformDigest().toString());
        ObjectNode labels = json.putObject("labels");
        new TreeMap<>(details.config().labels()).forEach(labels::put);
        ArrayNode list = json.putArray("referrers");
        for (Descriptor referrer : referrers.found()) {
            ObjectNode one = list.addObject()
                    .put("digest", referrer.digest().toString())
                    .put("artifactType", referrer.artifactType())
                    .put("size", referrer.size());
            if (referrer.annotations().containsKey(PREDICATE_TYPE)) {
                one.put("predicateType", referrer.annotations().get(PREDICATE_TYPE));
            }
        }
        for (Failure failure : referrers.failures()) {
            list.addObject().put("problem", failure.message());
        }
        return json;
    }

    private static void platforms(ArrayNode platforms, Index index) {
        for (Descriptor entry : index.manifests()) {
            platforms
                    .addObject()
                    .put("platform", String.valueOf(entry.platform() == null ? "any" : entry.platform()))
                    .put("digest", entry.digest().toString());
        }
    }
}
