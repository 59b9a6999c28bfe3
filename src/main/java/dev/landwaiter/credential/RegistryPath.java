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
 * @param labels of the host, lower case
 * @param port {@code ""} for 443
 * @param path {@code ""} for all repositories
 * @see <a href="https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/credentialprovider/keyring.go">the kubelet's keyring</a>
 */
record RegistryPath(List<String> labels, String port, String path) {
    /** The more it says, the earlier: by the path's length, then by how much of the host is spelt out. */
    static final Comparator<RegistryPath> MOST_SPECIFIC_FIRST = Comparator.<RegistryPath>comparingInt(
                    path -> -path.path().length())
            .thenComparingInt(path -> path.wildcards());

    private static final Pattern LABEL = Pattern.compile("[a-z0-9*?]([a-z0-9*?_-]*[a-z0-9*?])?");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern PATH = Pattern.compile("[a-z0-9._/-]*");

    RegistryPath {
        labels = List.copyOf(labels);
    }

    /**
     * Reads a key of a docker configuration: {@code host[:port][/path]}, with or without a scheme, and Docker's {@code /v1/} and {@code /v2/}
     * which mean the host alone.
     *
     * @throws IllegalArgumentException with why it is none
     */
    static RegistryPath parse(String text) {
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
        path = path.replaceAll("^/+|/+$", "");
        if (!PATH.matcher(path).matches() || path.contains("//")) {
            throw new IllegalArgumentException("its path is not one of a repository");
        }
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = hasPort ? authority.substring(0, colon) : authority;
        String port = hasPort ? port(authority.substring(colon + 1)) : "";
        return new RegistryPath(labels(port.isEmpty() ? canonical(host) : host), port, path);
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

    private static List<String> labels(String host) {
        if (IPV6.matcher(host).matches()) {
            return List.of(host);
        }
        List<String> labels = List.of(host.split("\\.", -1));
        if (!labels.stream().allMatch(label -> LABEL.matcher(label).matches())) {
            throw new IllegalArgumentException("it does not begin with the name of a host");
        }
        return labels;
    }

    /** Whether it is for the repository of {@code reference}. */
    boolean covers(ImageReference reference) {
        return coversHost(reference.registry()) && coversPath(reference.repository());
    }

    private boolean coversPath(String repository) {
        return path.isEmpty()
                || (repository.startsWith(path)
                        && (repository.length() == path.length() || repository.charAt(path.length()) == '/'));
    }

    private boolean coversHost(String registry) {
        int colon = registry.lastIndexOf(':');
        boolean hasPort = colon > registry.lastIndexOf(']');
        if (!port.equals(hasPort ? port(registry.substring(colon + 1)) : "")) {
            return false;
        }
        String host = hasPort ? registry.substring(0, colon) : registry;
        int start = 0;
        for (int i = 0; i < labels.size(); i++) {
            boolean last = i == labels.size() - 1;
            int dot = host.startsWith("[") ? -1 : host.indexOf('.', start);
            if (last != dot < 0 || !matches(labels.get(i), host, start, last ? host.length() : dot)) {
                return false;
            }
            start = dot + 1;
        }
        return true;
    }

    /** Whether {@code pattern} matches the whole of {@code host} from {@code start} to {@code end}. */
    private static boolean matches(String pattern, String host, int start, int end) {
        int p = 0;
        int h = start;
        int star = -1;
        int resume = -1;
        while (h < end) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = h;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == host.charAt(h))) {
                p++;
                h++;
            } else if (star >= 0) {
                p = star + 1;
                h = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private int wildcards() {
        return (int) labels.stream()
                .filter(label -> label.indexOf('*') >= 0 || label.indexOf('?') >= 0)
                .count();
    }
}
