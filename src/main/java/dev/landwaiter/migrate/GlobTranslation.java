package dev.landwaiter.migrate;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.lint.GlobSets;
import dev.landwaiter.migrate.Note.Effect;
import dev.landwaiter.policy.ImageGlob;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sigstore's globs in our words. Theirs match the whole reference with tag or digest, Docker Hub being {@code index.docker.io}, and else the
 * text as written; ours match {@code registry/repository} alone. What ours match beyond that makes a policy stricter, but one that passes
 * everything looser.
 *
 * @see <a href="https://github.com/sigstore/policy-controller/blob/main/pkg/apis/glob/glob.go">policy-controller's globs</a>
 */
final class GlobTranslation {
    private static final String DOCKER_HUB = "docker.io/";
    private static final String RESOLVED_DOCKER_HUB = "index.docker.io";
    /** Of digests, which every image has been resolved to when it is admitted. */
    private static final Set<String> ANY_SUFFIX = Set.of("@*", "@**", "@sha256:*", "@sha256:**");

    private final boolean passes;

    /**
     * @param passes whether the policy passes everything, so that a glob must match no more than theirs
     */
    GlobTranslation(boolean passes) {
        this.passes = passes;
    }

    /** Our globs for theirs; none, and a note, where there are none. */
    List<String> globs(ImportedNode image) {
        ImportedNode glob = image.at("glob");
        String theirs = glob.text().strip();
        int suffixAt = suffix(theirs);
        String suffix = theirs.substring(suffixAt);
        String name = switch (theirs.substring(0, suffixAt)) {
            case "*" -> DOCKER_HUB + "library/*";
            case "*/*" -> DOCKER_HUB + "*/*";
            case String other -> other;
        };
        boolean whole = ANY_SUFFIX.contains(suffix) || (suffix.isEmpty() && name.endsWith("*"));
        if (!whole && passes) {
            glob.note(
                    Effect.STRICTER,
                    "\"%s\" is for one tag or digest, and globs here match repositories whole: left out, since it would let more in."
                            .formatted(theirs));
            return List.of();
        }
        List<String> ours = Stream.concat(canonical(name).stream(), hidden(name).stream())
                .distinct()
                .toList();
        if (ours.isEmpty()) {
            glob.note(Effect.REFUSED, "\"%s\" is for no image that there can be.".formatted(theirs));
        } else if (!whole) {
            glob.note(
                    Effect.STRICTER,
                    "\"%s\" does not match every tag and digest; globs here match repositories whole: \"%s\" is for all of them."
                            .formatted(theirs, String.join("\", \"", ours)));
        } else if (!ours.getFirst().equals(theirs)) {
            glob.note(
                    Effect.SAME,
                    "\"%s\" is written \"%s\" here, without tag or digest and with Docker Hub as docker.io."
                            .formatted(theirs, String.join("\", \"", ours)));
        }
        return ours;
    }

    /** Where tag or digest begin in {@code glob}, after its last slash. */
    private static int suffix(String glob) {
        int at = glob.indexOf('@');
        int colon = glob.indexOf(':', glob.lastIndexOf('/') + 1);
        return at >= 0 ? at : colon >= 0 && glob.indexOf('/') >= 0 ? colon : glob.length();
    }

    /** {@code name} as canonical names are written: as it is where it matches any, else with what Docker Hub's images may leave out. */
    private static Optional<String> canonical(String name) {
        return Stream.of(name, DOCKER_HUB + name, DOCKER_HUB + "library/" + name)
                .flatMap(text -> matching(text).stream())
                .findFirst();
    }

    private static Optional<String> matching(String text) {
        try {
            ImageGlob glob = new ImageGlob(text);
            return GlobSets.example(glob).map(name -> glob.text());
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /** What a star in the registry's name took of Docker Hub under the name that it has there. */
    private Optional<String> hidden(String name) {
        int slash = name.indexOf('/');
        String host = slash < 0 ? name : name.substring(0, slash);
        boolean takesTheirs = host.contains("*") && new ImageGlob(host).matches(RESOLVED_DOCKER_HUB);
        boolean takesOurs = host.contains("*") && new ImageGlob(host).matches("docker.io");
        return takesTheirs && !takesOurs && !passes && slash > 0
                ? matching(DOCKER_HUB + name.substring(slash + 1))
                : Optional.empty();
    }
}
