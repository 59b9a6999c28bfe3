package dev.landwaiter.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The API server's audit log. */
final class Audit {
    private Audit() {}

    /** The annotations of the request that created, or was to create, this Pod. */
    static Map<String, String> annotations(Cluster cluster, String namespace, String pod) {
        return Await.until("the audit event of " + pod, () -> find(cluster, namespace, pod), found -> !found.isEmpty());
    }

    private static Map<String, String> find(Cluster cluster, String namespace, String pod) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<String> lines = Files.lines(cluster.auditLog())) {
            lines.filter(line -> line.contains("\"" + namespace + "\"") && line.endsWith("}"))
                    .map(Cluster::parse)
                    .filter(event -> event.path("verb").asText().equals("create"))
                    .filter(event -> event.at("/objectRef/resource").asText().equals("pods"))
                    .filter(event -> event.at("/objectRef/name").asText().equals(pod))
                    .map(event -> event.path("annotations"))
                    .forEach(annotations ->
                            annotations.properties().forEach(one -> found.put(one.getKey(), text(one.getValue()))));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }

    private static String text(JsonNode value) {
        return value.asText();
    }
}
