package dev.landwaiter.policy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;

/**
 * A pattern of canonical image names, {@code registry/repository}: {@code *} stays within a path segment, {@code **} crosses them, every
 * other character means itself. It always matches the whole name, never a part of it, and never tag or digest.
 *
 * @param text as written, Docker Hub's {@code index.docker.io} read as {@code docker.io}
 */
public record ImageGlob(String text) {
    private static final int MAX_TEXT = 512;
    private static final String INDEX_DOCKER_IO = "index.docker.io/";

    public ImageGlob {
        text = text.strip();
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw invalid(text, "it has %d characters; 1 to %d are allowed".formatted(text.length(), MAX_TEXT));
        }
        if (text.indexOf('@') >= 0) {
            throw invalid(text, "globs match registry/repository, never a digest");
        }
        if (text.lastIndexOf(':') > text.lastIndexOf('/') && text.indexOf('/') >= 0) {
            throw invalid(text, "globs match registry/repository, never a tag");
        }
        if (text.startsWith(INDEX_DOCKER_IO)) {
            text = "docker.io/" + text.substring(INDEX_DOCKER_IO.length());
        }
    }

    private static Failure invalid(String text, String why) {
        return new Failure(
                Code.POLICY_BROKEN,
                "Could not read glob \"%s\": %s. Expected for instance ghcr.io/acme/* or ghcr.io/**."
                        .formatted(text, why));
    }

    /** Whether it matches the whole of {@code name}. Linear in the worst case times the number of stars. */
    public boolean matches(String name) {
        return matches(0, name);
    }

    private boolean matches(int patternStart, String name) {
        int p = patternStart;
        int n = 0;
        int starP = -1;
        int starN = -1;
        boolean crosses = false;
        int outerP = -1;
        int outerN = -1;
        while (n < name.length()) {
            if (p < text.length() && text.charAt(p) == '*') {
                crosses = p + 1 < text.length() && text.charAt(p + 1) == '*';
                p += crosses ? 2 : 1;
                if (crosses) {
                    outerP = p;
                    outerN = n;
                    starP = -1;
                } else {
                    starP = p;
                    starN = n;
                }
            } else if (p < text.length() && text.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (starP >= 0 && name.charAt(starN) != '/') {
                n = ++starN;
                p = starP;
            } else if (outerP >= 0) {
                n = ++outerN;
                p = outerP;
                starP = -1;
            } else {
                return false;
            }
        }
        while (p < text.length() && text.charAt(p) == '*') {
            p++;
        }
        return p == text.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
