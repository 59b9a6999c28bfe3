package dev.landwaiter.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landwaiter.admission.AdmissionRequest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.ParserWords;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.workload.PodImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Pods of a YAML or JSON file, and those that would come of its controllers' templates. */
final class PodFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private PodFile() {}

    /**
     * A Pod to be planned.
     *
     * @param title for people: {@code Pod shop/api}, {@code Pod of Deployment shop/api}
     */
    record Pod(String title, String namespace, JsonNode object) {
        /** The request that the API server would make of its creation. */
        AdmissionRequest request() {
            String name = object.path("metadata")
                    .path("name")
                    .asText(object.path("metadata").path("generateName").asText(""));
            return new AdmissionRequest(
                    new AdmissionRequest.Summary("plan", namespace, "Pod", name, "CREATE", true, ""),
                    List.of(),
                    "",
                    object,
                    MissingNode.getInstance());
        }
    }

    /** Reads {@code file}, standard input for {@code -}; objects that bring no image are passed over. */
    static List<Pod> read(Path file, String namespace) {
        List<Pod> pods = new ArrayList<>();
        List<String> others = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(content(file))) {
            while (documents.hasNextValue()) {
                collect(documents.nextValue(), namespace, pods, others);
            }
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read \"%s\": %s. Give a file of Kubernetes objects in YAML or JSON."
                            .formatted(file, why(file, e)),
                    e);
        }
        if (pods.isEmpty()) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not plan \"%s\": it holds no Pod and no Pod template%s. Give a file with one."
                            .formatted(file, others.isEmpty() ? "" : " (only " + String.join(", ", others) + ")"));
        }
        return pods;
    }

    /** In the parser's or the system's own words, on one line, with the place. */
    private static String why(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof JsonProcessingException broken) {
            return "it is " + ParserWords.of(broken);
        }
        return Files.isDirectory(file) ? "it is a folder" : String.valueOf(e.getMessage());
    }

    private static byte[] content(Path file) throws IOException {
        return file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
    }

    private static void collect(JsonNode object, String namespace, List<Pod> pods, List<String> others) {
        String kind = object.path("kind").asText("");
        if (kind.endsWith("List") && object.path("items").isArray()) {
            object.path("items").forEach(item -> collect(item, namespace, pods, others));
            return;
        }
        Optional<JsonPointer> spec = PodImages.podSpec(kind);
        if (spec.isEmpty()) {
            others.add(kind.isEmpty() ? "an object without a kind" : kind);
            return;
        }
        String in = object.path("metadata").path("namespace").asText(namespace);
        String name = object.path("metadata").path("name").asText("");
        boolean pod = kind.equals("Pod");
        pods.add(new Pod(
                "%s %s/%s".formatted(pod ? "Pod" : "Pod of " + kind, in, name),
                in,
                pod ? object : ofTemplate(object, spec.get(), in, name)));
    }

    private static JsonNode ofTemplate(JsonNode object, JsonPointer spec, String namespace, String name) {
        String template = spec.text().substring(0, spec.text().lastIndexOf('/'));
        ObjectNode pod = YAML.createObjectNode();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata");
        metadata.put("generateName", name + "-").put("namespace", namespace);
        object.at(template)
                .path("metadata")
                .properties()
                .forEach(field -> metadata.set(field.getKey(), field.getValue()));
        pod.set("spec", object.at(spec.text()));
        return pod;
    }
}
