package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.yaml.KubernetesYaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The objects of a folder of YAML or JSON files, or of one such file, as they stand there at one moment: in the order of the files' names,
 * then as written; a {@code List} counts as its items. Immutable.
 */
public final class PolicyFiles {
    private final SortedMap<Path, byte[]> contents;
    private final KubernetesYaml reader;

    private PolicyFiles(SortedMap<Path, byte[]> contents, Limits limits) {
        this.contents = contents;
        this.reader = new KubernetesYaml(limits, Limit.POLICY_FILE_BYTES);
    }

    /**
     * An object, and where it stands.
     *
     * @param document of the file, from 1
     */
    public record Entry(Path file, int document, JsonNode object) {
        /** {@code policies/a.yaml, document 2}, for messages. */
        public String where() {
            return "%s, document %d".formatted(file, document);
        }
    }

    /**
     * Reads the files of {@code folder}, or the one file that it is.
     *
     * @throws Failure {@code FILE_UNREADABLE}, or {@code LIMIT_EXCEEDED} where a file is larger than {@link Limit#POLICY_FILE_BYTES}
     */
    public static PolicyFiles read(Path folder, Limits limits) {
        return read(List.of(folder), limits);
    }

    /** As {@link #read(Path, Limits)}, of several folders and files together. */
    public static PolicyFiles read(List<Path> folders, Limits limits) {
        SortedMap<Path, byte[]> contents = new TreeMap<>();
        for (Path folder : folders) {
            try {
                for (Path file : files(folder)) {
                    contents.put(file, bounded(file, limits));
                }
            } catch (IOException e) {
                throw new Failure(
                        Code.FILE_UNREADABLE,
                        "Could not read policies of folder \"%s\": %s. Check that it is there and readable."
                                .formatted(folder, reason(e)),
                        e);
            }
        }
        return new PolicyFiles(contents, limits);
    }

    private static List<Path> files(Path folder) throws IOException {
        if (Files.isRegularFile(folder)) {
            return List.of(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(PolicyFiles::isPolicyFile).toList();
        }
    }

    private static byte[] bounded(Path file, Limits limits) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return limits.read(in, Limit.POLICY_FILE_BYTES, what(file));
        }
    }

    private static String what(Path file) {
        return "policy file \"" + file + "\"";
    }

    private static boolean isPolicyFile(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean named = name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        return named && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such folder" : String.valueOf(e.getMessage());
    }

    /** The hex SHA-256 of all names and contents: another one says that something changed. */
    public String digest() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        contents.forEach((file, content) -> {
            all.writeBytes((file + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
            all.writeBytes(content);
        });
        return Digest.sha256(all.toByteArray()).hex();
    }

    /** The files' paths, sorted. */
    public List<Path> paths() {
        return List.copyOf(contents.keySet());
    }

    /**
     * The objects of all files; what cannot be read goes to {@code problems}, with file, line and column.
     *
     * @throws Failure {@code LIMIT_EXCEEDED}
     */
    public List<Entry> entries(List<String> problems) {
        List<Entry> entries = new ArrayList<>();
        contents.forEach((file, content) -> {
            KubernetesYaml.Documents read = reader.read(content, what(file));
            int document = 0;
            for (JsonNode object : read.documents()) {
                collect(file, ++document, object, entries);
            }
            read.problem().ifPresent(problem -> problems.add("%s: %s".formatted(file, problem.text())));
        });
        return entries;
    }

    private static void collect(Path file, int document, JsonNode object, List<Entry> entries) {
        if (object.isNull()) {
            return;
        }
        if (object.path("kind").asText("").endsWith("List")
                && object.path("items").isArray()) {
            object.path("items").forEach(item -> entries.add(new Entry(file, document, item)));
        } else {
            entries.add(new Entry(file, document, object));
        }
    }
}
