package dev.landwaiter.policy;

import com.google.common.net.InetAddresses;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Shown;
import java.util.List;

/**
 * A pattern of canonical image names, {@code registry/repository}: {@code *} stays within a path segment, {@code **} crosses them, every
 * other character means itself. It always matches the whole name, never a part of it, and never tag or digest.
 *
 * @param text as written, Docker Hub's {@code index.docker.io} read as {@code docker.io}, and an IPv6 address in its shortest form
 */
public record ImageGlob(String text) {
    static final int MAX_TEXT = 512;

    /** Of a text in a message, in characters. */
    private static final int SHOWN = 200;

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
        text = withUsualAddress(text);
    }

    /** {@code text} with a registry's IPv6 address as references have it: their other spellings are refused. */
    private static String withUsualAddress(String text) {
        int end = text.startsWith("[") ? text.indexOf(']') : -1;
        String address = end < 0 ? "" : text.substring(1, end);
        boolean ipv6 = address.indexOf(':') >= 0 && address.indexOf('%') < 0 && InetAddresses.isInetAddress(address);
        if (!ipv6) {
            return text;
        }
        String usual = InetAddresses.toAddrString(InetAddresses.forString(address));
        return (usual.indexOf(':') >= 0 ? "[" + usual + "]" : usual) + text.substring(end + 1);
    }

    private static Failure invalid(String text, String why) {
        return new Failure(
                Code.POLICY_BROKEN,
                "Could not read glob \"%s\": %s. Expected for instance ghcr.io/acme/* or ghcr.io/**."
                        .formatted(Shown.of(text, SHOWN), why));
    }

    /** How many stars it has; two and more beside each other are one. */
    public int stars() {
        int stars = 0;
        for (int i = 0; i < text.length(); i++) {
            stars += text.charAt(i) == '*' && (i == 0 || text.charAt(i - 1) != '*') ? 1 : 0;
        }
        return stars;
    }

    /** Whether it matches the whole of {@code name}. Whoever asks for many globs or often has a {@link PolicySet} do it. */
    public boolean matches(String name) {
        boolean[] found = {false};
        new GlobBlock(List.of(text)).matching(name, 0, _ -> found[0] = true);
        return found[0];
    }

    @Override
    public String toString() {
        return text;
    }
}
