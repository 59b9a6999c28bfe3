package dev.landwaiter.imagebuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What the sources were.
 *
 * @param commit its hash, with {@code -dirty} where files differ from it; {@code unknown} outside of a clone
 * @param time of the commit, so that building it again gives the same; the epoch where nobody knows
 */
record Revision(String commit, Instant time) {
    static Revision of(Path clone) {
        try {
            String[] head = git(clone, "log", "-1", "--format=%H %ct").split(" ", 2);
            boolean dirty =
                    !git(clone, "status", "--porcelain", "--untracked-files=no").isEmpty();
            return new Revision(head[0] + (dirty ? "-dirty" : ""), Instant.ofEpochSecond(Long.parseLong(head[1])));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return new Revision("unknown", Instant.EPOCH);
        }
    }

    private static String git(Path clone, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("git");
        builder.command().addAll(List.of(words));
        Process git = builder.directory(clone.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var out = git.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
