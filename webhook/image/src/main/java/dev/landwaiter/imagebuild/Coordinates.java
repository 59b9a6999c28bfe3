package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a jar comes from in Maven's words. */
record Coordinates(String group, String artifact, String version, String classifier) {
    // "   io.netty:netty-tcnative-boringssl-static:jar:linux-x86_64:2.0.84.Final:compile -- module …", the classifier
    // where there is one
    private static final Pattern LINE =
            Pattern.compile("\\s+([^:\\s]+):([^:]+):(?:jar|test-jar):(?:([^:]+):)?([^:]+):(?:compile|runtime)\\b.*");

    /** Reads what maven-dependency-plugin's {@code list} wrote; by file name. */
    static Map<String, Coordinates> read(Path file) throws IOException {
        Map<String, Coordinates> all = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            Matcher found = LINE.matcher(line);
            if (found.matches()) {
                String classifier = found.group(3) == null ? "" : found.group(3);
                Coordinates read = new Coordinates(found.group(1), found.group(2), found.group(4), classifier);
                all.put(read.fileName(), read);
            }
        }
        return all;
    }

    private String fileName() {
        return artifact + "-" + version + (classifier.isEmpty() ? "" : "-" + classifier) + ".jar";
    }

    /** Its package URL. */
    String url() {
        return "pkg:maven/%s/%s@%s?%stype=jar"
                .formatted(group, artifact, version, classifier.isEmpty() ? "" : "classifier=" + classifier + "&");
    }
}
