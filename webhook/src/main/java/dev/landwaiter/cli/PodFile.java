package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.admission.AdmissionRequest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.workload.FieldPath;
import dev.landwaiter.workload.WorkloadKind;
import dev.landwaiter.workload.WorkloadKinds;
import dev.landwaiter.yaml.KubernetesYaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Pods of a YAML or JSON file, and those that would come of its controllers' templates. */
final class PodFile {
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
                    new AdmissionRequest.Summary("plan", namespace, "Pod", name, "CREATE", true, "", false),
                    List.of(),
                    "",
                    WorkloadKinds.POD,
                    object,
                    MissingNode.getInstance());
        }
    }

    /** Reads {@code file}, standard input for {@code -}; objects that bring no image are passed over. */
    static List<Pod> read(Path file, String namespace, Limits limits) {
        List<Pod> pods = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (JsonNode object : objects(file, limits)) {
            collect(object, namespace, pods, others);
        }
        if (pods.isEmpty()) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not plan \"%s\": it holds no Pod and no Pod template%s. Give a file with one."
                            .formatted(file, others.isEmpty() ? "" : " (only " + String.join(", ", others) + ")"));
        }
        return pods;
    }

    private static List<JsonNode> objects(Path file, Limits limits) {
        String what = "file \"" + file + "\"";
        KubernetesYaml.Documents read =
                new KubernetesYaml(limits, Limit.OBJECTS_FILE_BYTES).read(content(file, limits, what), what);
        read.problem().ifPresent(problem -> {
            throw unreadable(file, "it is " + problem.text(), null);
        });
        return read.documents().stream().filter(document -> !document.isNull()).toList();
    }

    private static byte[] content(Path file, Limits limits, String what) {
        try {
            if (file.toString().equals("-")) {
                return limits.read(System.in, Limit.OBJECTS_FILE_BYTES, what);
            }
            try (InputStream in = Files.newInputStream(file)) {
                return limits.read(in, Limit.OBJECTS_FILE_BYTES, what);
            }
        } catch (IOException e) {
            throw unreadable(file, why(file, e), e);
        }
    }

    private static Failure unreadable(Path file, String why, @Nullable IOException cause) {
        return new Failure(
                Code.FILE_UNREADABLE,
                "Could not read \"%s\": %s. Give a file of Kubernetes objects in YAML or JSON.".formatted(file, why),
                cause);
    }

    private static String why(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        return Files.isDirectory(file) ? "it is a folder" : String.valueOf(e.getMessage());
    }

    private static void collect(JsonNode object, String namespace, List<Pod> pods, List<String> others) {
        String kind = object.path("kind").asText("");
        if (kind.endsWith("List") && object.path("items").isArray()) {
            object.path("items").forEach(item -> collect(item, namespace, pods, others));
            return;
        }
        Optional<FieldPath> spec = WorkloadKinds.WITH_PODS.find(kind).map(WorkloadKind::spec);
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

    private static JsonNode ofTemplate(JsonNode object, FieldPath spec, String namespace, String name) {
        FieldPath template = FieldPath.of(spec.text().substring(0, spec.text().lastIndexOf('.')));
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata");
        metadata.put("generateName", name + "-").put("namespace", namespace);
        template.in(object)
                .path("metadata")
                .properties()
                .forEach(field -> metadata.set(field.getKey(), field.getValue()));
        pod.set("spec", spec.in(object));
        return pod;
    }
}
