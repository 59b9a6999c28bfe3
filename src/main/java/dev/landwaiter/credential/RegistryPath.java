package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a credential is for: a registry, and in it all repositories, or those at and below a path. Never a part of a host's name nor of a
 * path's segment: {@code ghcr.io} is not for {@code ghcr.io.example.com}, {@code ghcr.io/acme} not for {@code ghcr.io/acmeister}.
 *
 * <p>In the host {@code *} and {@code ?} stand for characters of one label, as the kubelet reads them: {@code *.example.com} is for {@code
 * eu.example.com}, not for {@code example.com} nor {@code a.b.example.com}.
 *
 * @param host and port
 * @param path {@code ""} for all repositories
 * @see <a href="https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/credentialprovider/keyring.go">the kubelet's keyring</a>
 */
record RegistryPath(HostPattern host, String path) {
    /** The more it says, the earlier: by the path's length, then by how much of the host is spelt out. */
    static final Comparator<RegistryPath> MOST_SPECIFIC_FIRST = Comparator.<RegistryPath>comparingInt(
                    path -> -path.path().length())
            .thenComparingInt(path -> path.host().openLabels());

    /** Of a key of a docker configuration. None that is longer is for any image, and tenants write them. */
    private static final int MAX_TEXT = 1024;

    private static final Pattern LABEL = Pattern.compile("[a-z0-9*?]([a-z0-9*?_-]*[a-z0-9*?])?");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern PATH = Pattern.compile("[a-z0-9._/-]*");

    /**
     * Reads a key of a docker configuration: {@code host[:port][/path]}, with or without a scheme, and Docker's {@code /v1/} and {@code /v2/}
     * which mean the host alone.
     *
     * @throws IllegalArgumentException with why it is none
     */
    static RegistryPath parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("it is longer than %d characters".formatted(MAX_TEXT));
        }
        String rest = text.strip().toLowerCase(Locale.ROOT);
        boolean scheme = rest.startsWith("https://") || rest.startsWith("http://");
        rest = scheme ? rest.substring(rest.indexOf("//") + 2) : rest;
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        if (path.startsWith("/v1/")
                || path.startsWith("/v2/")
                || (scheme && (path.equals("/v1") || path.equals("/v2")))) {
            path = path.substring(3);
        }
        path = withoutSlashesAround(path);
        if (!PATH.matcher(path).matches() || path.contains("//")) {
            throw new IllegalArgumentException("its path is not one of a repository");
        }
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = hasPort ? authority.substring(0, colon) : authority;
        String port = hasPort ? port(authority.substring(colon + 1)) : "";
        return new RegistryPath(host(port.isEmpty() ? canonical(host) : host, port), path);
    }

    /** By hand: an expression that looks for slashes at the end tries each run of them from each of its places. */
    private static String withoutSlashesAround(String path) {
        int start = 0;
        int end = path.length();
        while (start < end && path.charAt(start) == '/') {
            start++;
        }
        while (end > start && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(start, end);
    }

    private static String port(String text) {
        if (!PORT.matcher(text).matches()) {
            throw new IllegalArgumentException("its port is not a number");
        }
        int number = Integer.parseInt(text);
        return number == 443 ? "" : Integer.toString(number);
    }

    /** As {@link ImageReference#registry()} has it. */
    private static String canonical(String host) {
        return switch (host) {
            case "index.docker.io", "registry-1.docker.io" -> "docker.io";
            default -> host;
        };
    }

    private static HostPattern host(String host, String port) {
        if (IPV6.matcher(host).matches()) {
            return new HostPattern(List.of(host), port);
        }
        List<String> labels = List.of(host.split("\\.", -1));
        boolean good = host.length() <= HostPattern.MAX_HOST
                && labels.stream()
                        .allMatch(label -> label.length() <= HostPattern.MAX_LABEL
                                && LABEL.matcher(label).matches());
        if (!good) {
            throw new IllegalArgumentException("it does not begin with the name of a host");
        }
        HostPattern pattern = new HostPattern(labels, port);
        if (pattern.wildcards() > HostPattern.MAX_WILDCARDS) {
            throw new IllegalArgumentException("it has more than %d wildcards".formatted(HostPattern.MAX_WILDCARDS));
        }
        return pattern;
    }

    /** Of the host, lower case. */
    List<String> labels() {
        return host.labels();
    }

    /** Whether it is for the repository of {@code reference}. */
    boolean covers(ImageReference reference) {
        return host.covers(reference.registry()) && coversPath(reference.repository());
    }

    private boolean coversPath(String repository) {
        return path.isEmpty()
                || (repository.startsWith(path)
                        && (repository.length() == path.length() || repository.charAt(path.length()) == '/'));
    }
}
