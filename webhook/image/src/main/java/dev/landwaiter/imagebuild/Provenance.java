package dev.landwaiter.imagebuild;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** How the image was made, as an in-toto statement with a predicate of SLSA provenance v1. It is not signed: who builds signs, see docs/image.md. */
record Provenance(Sources sources, String javaVersion, Instant started, Instant finished) {
    static final String TYPE = "https://slsa.dev/provenance/v1";
    private static final String BUILD = "https://landwaiter.dev/image/v1";

    /** About {@code index}, called {@code name}, and the images in it. */
    ObjectNode statement(String name, OciLayout.Descriptor index, List<JibImage> images) throws IOException {
        ObjectNode statement = OciLayout.object().put("_type", "https://in-toto.io/Statement/v1");
        ArrayNode subjects = statement.putArray("subject");
        subject(subjects, name, index);
        images.forEach(image -> subject(subjects, name + " " + image.target().platform(), image.manifest()));
        statement.put("predicateType", TYPE);
        statement.set("predicate", predicate(images));
        return statement;
    }

    private static void subject(ArrayNode subjects, String name, OciLayout.Descriptor image) {
        subjects.addObject()
                .put("name", name)
                .putObject("digest")
                .put("sha256", image.digest().substring("sha256:".length()));
    }

    private ObjectNode predicate(List<JibImage> images) throws IOException {
        ObjectNode predicate = OciLayout.object();
        ObjectNode definition = predicate.putObject("buildDefinition").put("buildType", BUILD);
        ArrayNode platforms = definition.putObject("externalParameters").putArray("platforms");
        images.forEach(image -> platforms.add(image.target().platform()));
        definition.putObject("internalParameters").put("jdk", javaVersion);
        ArrayNode dependencies = definition.putArray("resolvedDependencies");
        dependencies
                .addObject()
                .put("name", "source")
                .putObject("digest")
                .put("gitCommit", sources.revision().commit());
        for (Path jar : sources.libraries()) {
            Coordinates coordinates =
                    sources.coordinates().get(jar.getFileName().toString());
            ObjectNode dependency = dependencies.addObject();
            if (coordinates != null) {
                dependency.put("uri", coordinates.url());
            }
            dependency
                    .put("name", jar.getFileName().toString())
                    .putObject("digest")
                    .put("sha256", Digests.sha256(Files.readAllBytes(jar)));
        }
        ObjectNode run = predicate.putObject("runDetails");
        run.putObject("builder").put("id", BUILD + "/by-hand");
        run.putObject("metadata").put("startedOn", started.toString()).put("finishedOn", finished.toString());
        return predicate;
    }
}
