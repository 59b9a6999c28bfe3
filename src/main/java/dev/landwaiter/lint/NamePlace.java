package dev.landwaiter.lint;

import java.util.List;
import java.util.Optional;

/**
 * Where in a canonical image name, {@code registry/repository}, a text has come to. Follows
 * {@link dev.landwaiter.image.ImageReference#name}: a registry has a dot or a port or is {@code localhost}, Docker Hub is {@code docker.io} alone and
 * its repositories have two parts or more.
 *
 * @param part 0 for the registry, then the repository's parts: 1, and 2 for all later ones
 * @param host the registry so far where its name makes a difference, else {@code ?}
 * @param dotted whether the registry has a dot or a port
 * @param last what the last character was
 */
record NamePlace(int part, String host, boolean dotted, Last last) {
    static final NamePlace START = new NamePlace(0, "", false, Last.SLASH);

    private static final String DOCKER_HUB = "docker.io";
    /** The registries whose names make a difference. */
    private static final List<String> NAMED =
            List.of(DOCKER_HUB, "localhost", "index.docker.io", "registry-1.docker.io");
    /** Every other one, so that places that behave alike are equal. */
    private static final String OTHER = "?";

    /** What the last character was: a slash (or nothing), a letter or digit, or one that joins those. */
    enum Last {
        SLASH,
        ALPHANUMERIC,
        JOINER
    }

    /** Whether the text so far is a name. */
    boolean complete() {
        return part >= (host.equals(DOCKER_HUB) ? 2 : 1) && last == Last.ALPHANUMERIC;
    }

    /** The place after {@code c}; empty where no name goes on like that. */
    Optional<NamePlace> after(char c) {
        boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (c == '/') {
            return last == Last.ALPHANUMERIC && (part > 0 || isRegistry())
                    ? Optional.of(new NamePlace(
                            Math.min(part + 1, 2), host.equals(DOCKER_HUB) ? host : OTHER, dotted, Last.SLASH))
                    : Optional.empty();
        }
        if (part == 0) {
            boolean bracket = c == '[' || c == ']';
            boolean mark = c == '.' || c == ':' || c == '-';
            return alphanumeric || bracket || (mark && last != Last.SLASH)
                    ? Optional.of(new NamePlace(
                            0,
                            NAMED.stream().anyMatch(named -> named.startsWith(host + c)) ? host + c : OTHER,
                            dotted || c == '.' || c == ':',
                            alphanumeric || bracket ? Last.ALPHANUMERIC : Last.JOINER))
                    : Optional.empty();
        }
        boolean joiner = last != Last.SLASH && (c == '.' || c == '_' || c == '-');
        return alphanumeric || joiner
                ? Optional.of(new NamePlace(part, host, dotted, alphanumeric ? Last.ALPHANUMERIC : Last.JOINER))
                : Optional.empty();
    }

    private boolean isRegistry() {
        return switch (host) {
            case "localhost" -> true;
            // the same registry as docker.io, which is how its names are written
            case "index.docker.io", "registry-1.docker.io" -> false;
            default -> dotted;
        };
    }
}
