package dev.landwaiter.imagebuild;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The list of what is in the image (SBOM) as CycloneDX 1.6: jars with the digests of the originals, as published, the Java runtime and the C library.
 * It says nothing of when or where it was made: the same content is the same file.
 */
record Contents(Sources sources, Target target, String javaVersion, Path sysroot) {
    private static final JsonMapper JSON = new JsonMapper();

    String json() throws IOException {
        ObjectNode bom = JSON.createObjectNode().put("bomFormat", "CycloneDX").put("specVersion", "1.6");
        ArrayNode components = JSON.createArrayNode();
        component(components, "platform", "openjdk", javaVersion)
                .put("purl", "pkg:generic/openjdk@" + javaVersion)
                .put("description", "Java runtime linked from " + String.join(", ", JavaRuntime.NEEDED.keySet()));
        for (Map.Entry<String, String> debian : debianPackages().entrySet()) {
            component(components, "library", debian.getKey(), debian.getValue())
                    .put(
                            "purl",
                            "pkg:deb/debian/%s@%s?arch=%s"
                                    .formatted(debian.getKey(), debian.getValue(), target.architecture()));
        }
        for (Path jar : sources.libraries()) {
            library(components, jar);
        }
        bom.put(
                "serialNumber",
                "urn:uuid:" + UUID.nameUUIDFromBytes(text(components).getBytes(StandardCharsets.UTF_8)));
        bom.put("version", 1);
        ObjectNode program = bom.putObject("metadata").putObject("component");
        program.put("type", "container")
                .put("name", "landwaiter")
                .put("version", sources.version())
                .put("bom-ref", "landwaiter");
        program.putArray("licenses").addObject().putObject("license").put("id", "Apache-2.0");
        bom.set("components", components);
        return text(bom) + "\n";
    }

    private void library(ArrayNode components, Path jar) throws IOException {
        Coordinates coordinates = sources.coordinates().get(jar.getFileName().toString());
        if (coordinates == null) {
            throw new BuildFailure(
                    "Could not list what is in the image: nobody knows where %s comes from. Build everything again: remove webhook/target/run."
                            .formatted(jar.getFileName()));
        }
        ObjectNode library = component(components, "library", coordinates.artifact(), coordinates.version())
                .put("group", coordinates.group())
                .put("purl", coordinates.url());
        library.putArray("hashes")
                .addObject()
                .put("alg", "SHA-256")
                .put("content", Digests.sha256(Files.readAllBytes(jar)));
    }

    private static ObjectNode component(ArrayNode components, String type, String name, String version) {
        return components
                .addObject()
                .put("type", type)
                .put("bom-ref", "component-" + components.size())
                .put("name", name)
                .put("version", version);
    }

    /** Versions of the packages that the C library is of; none where the sysroot is not Debian's. */
    private Map<String, String> debianPackages() throws IOException {
        Map<String, String> versions = new LinkedHashMap<>();
        Path status = sysroot.resolve("var/lib/dpkg/status");
        if (!Files.isRegularFile(status)) {
            return versions;
        }
        for (String paragraph : Files.readString(status, StandardCharsets.UTF_8).split("\n\n", -1)) {
            String name = field(paragraph, "Package");
            if ((name.equals("libc6") || name.equals("libgcc-s1"))
                    && field(paragraph, "Architecture").equals(target.architecture())) {
                versions.put(name, field(paragraph, "Version"));
            }
        }
        return versions;
    }

    private static String field(String paragraph, String name) {
        return paragraph
                .lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    private static String text(JsonNode node) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
