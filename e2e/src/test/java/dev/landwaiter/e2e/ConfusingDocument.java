package dev.landwaiter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/**
 * A row of {@code confusing/documents.txt}, where its words are explained.
 *
 * @param title what is special about it
 * @param served the media type that the registry states
 * @param decision {@code verified}, or {@code refused} and the code
 * @param document as a template
 */
record ConfusingDocument(String title, String served, String decision, String document) {
    static List<ConfusingDocument> table() {
        String text;
        try {
            text = Files.readString(Folders.root().resolve("src/test/resources/confusing/documents.txt"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Stream.of(text.split("\n\n"))
                .map(block -> block.lines()
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .toList())
                .filter(lines -> !lines.isEmpty())
                .map(lines -> new ConfusingDocument(lines.get(0), lines.get(1), decision(lines.get(2)), lines.get(3)))
                .toList();
    }

    /** Without the reason, which the core's own test knows letter by letter. */
    private static String decision(String line) {
        String[] words = line.split(" ", 3);
        return words.length == 1 ? words[0] : words[0] + " " + words[1];
    }
}
