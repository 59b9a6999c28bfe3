package dev.landwaiter.image;

import com.google.common.net.InetAddresses;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image reference as Kubernetes reads it: {@code [registry[:port]/]repository[:tag][@digest]}, with Docker Hub's defaults.
 * Immutable; equal where all that it means is equal, however it was written.
 *
 * @see <a href="https://github.com/distribution/reference/blob/v0.6.0/reference.go">the grammar, in distribution/reference</a>
 */
public final class ImageReference {
    /** What a reference without tag and digest names. */
    public static final String DEFAULT_TAG = "latest";

    private static final String DOCKER_HUB = "docker.io";
    private static final String HTTPS_PORT = ":443";
    /** Of a name in the DNS (RFC 1035, section 2.3.4), as text. */
    private static final int MAX_HOST = 253;

    private static final int MAX_REPOSITORY = 255;
    private static final int MAX_TAG = 128;
    /** Of a text that a message quotes, in characters: whole, in practice. */
    private static final int SHOWN_WHOLE = 1024;
    /** Of a text that is too long, in characters. */
    private static final int SHOWN = 64;

    private final String text;
    private final String registry;
    private final String repository;
    private final @Nullable String tag;
    private final @Nullable Digest digest;
    private final String name;

    private ImageReference(
            String text, String registry, String repository, @Nullable String tag, @Nullable Digest digest) {
        this.text = text;
        this.registry = registry;
        this.repository = repository;
        this.tag = tag;
        this.digest = digest;
        this.name = registry + "/" + repository;
    }

    /** Reads {@code text}; what is not a reference is an {@link Code#IMAGE_REFERENCE_INVALID} that says where and why. */
    public static ImageReference parse(String text) {
        return parse(text, Limits.defaults());
    }

    /** As {@link #parse(String)}, of a text that may be as long as {@code limits} say. */
    public static ImageReference parse(String text, Limits limits) {
        if (text.isEmpty()) {
            throw invalid(text, "it is empty");
        }
        if (text.length() > limits.get(Limit.REFERENCE_CHARACTERS)) {
            throw invalid(
                    Shown.of(text, SHOWN),
                    "it is longer than %d characters (limit '%s')"
                            .formatted(limits.get(Limit.REFERENCE_CHARACTERS), Limit.REFERENCE_CHARACTERS.text()));
        }
        checkCharacters(text);
        int at = text.indexOf('@');
        Digest digest = null;
        if (at >= 0) {
            try {
                digest = Digest.parse(text.substring(at + 1));
            } catch (Failure e) {
                throw invalid(text, "what follows '@' is not a digest (sha256: and 64 lower-case hex digits)");
            }
        }
        String named = at >= 0 ? text.substring(0, at) : text;
        int colon = named.lastIndexOf(':');
        String tag = null;
        if (colon > named.lastIndexOf('/')) {
            tag = named.substring(colon + 1);
            checkTag(text, tag);
            named = named.substring(0, colon);
        }
        return named(text, named, tag, digest);
    }

    /**
     * Every character of a reference is a printable one of ASCII. Asked first, because others may become some when they are made lower case
     * (the Kelvin sign a 'k'), and because what follows quotes parts of the text.
     */
    private static void checkCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                throw invalid(
                        text,
                        "it has the character '%s', which no reference has"
                                .formatted(Shown.whole(Character.toString(text.codePointAt(i)))));
            }
        }
    }

    private static ImageReference named(String text, String named, @Nullable String tag, @Nullable Digest digest) {
        int slash = named.indexOf('/');
        String first = slash < 0 ? "" : named.substring(0, slash);
        boolean hasRegistry = slash >= 0 && isRegistry(first);
        String registry = hasRegistry ? canonicalRegistry(text, first) : DOCKER_HUB;
        String repository = hasRegistry ? named.substring(slash + 1) : named;
        if (!hasRegistry && slash < 0 && repository.length() == 64 && Digest.isLowerHex(repository)) {
            throw invalid(text, "64 hex digits alone are an image ID, not a name");
        }
        if (registry.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
            repository = "library/" + repository;
        }
        checkRepository(text, repository);
        return new ImageReference(text, registry, repository, tag, digest);
    }

    /** As in Docker: a first part with a dot, a port or an upper-case letter, or {@code localhost}, is a registry. */
    private static boolean isRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    /** One spelling for one registry, so that no policy is passed by writing it otherwise. */
    private static String canonicalRegistry(String text, String written) {
        String registry = written.toLowerCase(Locale.ROOT);
        String host = registry;
        String port = "";
        int colon = registry.lastIndexOf(':');
        if (colon > registry.lastIndexOf(']')) {
            host = registry.substring(0, colon);
            port = registry.substring(colon + 1);
            checkPort(text, port);
        }
        checkHost(text, host);
        if (port.isEmpty() || Integer.parseInt(port) == 443) {
            return switch (host) {
                case "index.docker.io", "registry-1.docker.io" -> DOCKER_HUB;
                // without a port, a name of one label would read as a part of Docker Hub's
                default -> isRegistry(host) ? host : host + HTTPS_PORT;
            };
        }
        return host + ":" + Integer.parseInt(port);
    }

    private static void checkPort(String text, String port) {
        boolean digits = !port.isEmpty() && port.length() <= 5;
        for (int i = 0; i < port.length(); i++) {
            digits &= isDigit(port.charAt(i));
        }
        if (!digits || Integer.parseInt(port) > 65535 || Integer.parseInt(port) == 0) {
            throw invalid(text, "the registry's port is not a number from 1 to 65535");
        }
    }

    private static void checkHost(String text, String host) {
        if (host.length() > MAX_HOST) {
            throw invalid(text, "the registry is longer than %d characters".formatted(MAX_HOST));
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            checkIpv6(text, host.substring(1, host.length() - 1));
            return;
        }
        int start = 0;
        while (start <= host.length()) {
            int dot = host.indexOf('.', start);
            int end = dot < 0 ? host.length() : dot;
            if (!isLabel(host, start, end)) {
                throw invalid(text, "the registry is not a host name");
            }
            start = end + 1;
        }
    }

    private static void checkIpv6(String text, String address) {
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (!Digest.isLowerHexDigit(c) && c != ':' && c != '.') {
                throw invalid(text, "the registry's IPv6 address has a character that no address has");
            }
        }
        String usual = usualText(address);
        if (usual.isEmpty()) {
            throw invalid(text, "what stands in brackets for the registry is not an IPv6 address");
        }
        if (!usual.equals(address)) {
            throw invalid(
                    text,
                    "the registry's address is not written as policies know it: write %s"
                            .formatted(usual.indexOf(':') >= 0 ? "[" + usual + "]" : usual));
        }
    }

    /**
     * The one text of what {@code address} means (RFC 5952), IPv4 where it is only that in another form; empty where it is no address. Other
     * texts are refused and not read as this one, because the node's settings and credentials name the registry as it is written.
     */
    private static String usualText(String address) {
        try {
            // with a colon it is read as IPv6 alone
            return address.indexOf(':') >= 0 ? InetAddresses.toAddrString(InetAddress.ofLiteral(address)) : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** RFC 1123, section 2.1. */
    private static boolean isLabel(String host, int start, int end) {
        if (start == end || host.charAt(start) == '-' || host.charAt(end - 1) == '-') {
            return false;
        }
        for (int i = start; i < end; i++) {
            char c = host.charAt(i);
            if (!isLower(c) && !isDigit(c) && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static void checkRepository(String text, String repository) {
        if (repository.length() > MAX_REPOSITORY) {
            throw invalid(text, "the repository is longer than %d characters".formatted(MAX_REPOSITORY));
        }
        int start = 0;
        while (start <= repository.length()) {
            int end = repository.indexOf('/', start);
            end = end < 0 ? repository.length() : end;
            checkComponent(text, repository, start, end);
            start = end + 1;
        }
    }

    /** Letters and digits, joined by one '.', one or two '_', or any number of '-'. */
    private static void checkComponent(String text, String repository, int start, int end) {
        int i = start;
        boolean needsAlphanumeric = true;
        while (i < end) {
            char c = repository.charAt(i);
            if (isLower(c) || isDigit(c)) {
                needsAlphanumeric = false;
                i++;
                continue;
            }
            if (c >= 'A' && c <= 'Z') {
                throw invalid(text, "the repository has an upper-case letter");
            }
            int joined = i;
            while (joined < end && repository.charAt(joined) == c) {
                joined++;
            }
            int most = c == '.' ? 1 : c == '_' ? 2 : c == '-' ? Integer.MAX_VALUE : 0;
            if (needsAlphanumeric || joined - i > most) {
                throw invalid(text, malformed(repository, start, end));
            }
            needsAlphanumeric = true;
            i = joined;
        }
        if (needsAlphanumeric) {
            throw invalid(text, malformed(repository, start, end));
        }
    }

    private static String malformed(String repository, int start, int end) {
        return start == end
                ? "the repository has an empty part"
                : "the repository's part '%s' is not letters and digits joined by '.', '_', '__' or '-'"
                        .formatted(repository.substring(start, end));
    }

    private static void checkTag(String text, String tag) {
        boolean good = !tag.isEmpty() && tag.length() <= MAX_TAG && tag.charAt(0) != '.' && tag.charAt(0) != '-';
        for (int i = 0; i < tag.length(); i++) {
            char c = tag.charAt(i);
            good &= isLower(c) || isDigit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
        }
        if (!good) {
            throw invalid(text, "the tag is not 1 to %d letters, digits, '_', '.' or '-'".formatted(MAX_TAG));
        }
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static Failure invalid(String text, String why) {
        return new Failure(
                Code.IMAGE_REFERENCE_INVALID,
                "Could not read image reference \"%s\": %s. Expected: [registry[:port]/]repository[:tag][@sha256:…]."
                        .formatted(Shown.of(text, SHOWN_WHOLE), why));
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /**
     * The canonical registry: lower case, {@code docker.io} for Docker Hub under any of its names, without the port 443; but a host of one
     * label, such as {@code registry} of a cluster's own, has it always.
     */
    public String registry() {
        return registry;
    }

    /** The host that serves it, with its port unless that is 443: the {@link #registry}'s, but for Docker Hub, whose API is at another. */
    public String host() {
        if (registry.equals(DOCKER_HUB)) {
            return "registry-1.docker.io";
        }
        return registry.endsWith(HTTPS_PORT)
                ? registry.substring(0, registry.length() - HTTPS_PORT.length())
                : registry;
    }

    /** The repository, {@code library/nginx} for Docker Hub's {@code nginx}. */
    public String repository() {
        return repository;
    }

    /** {@code registry/repository}, which policies' globs match. */
    public String name() {
        return name;
    }

    /** The tag as written, if one was. */
    public Optional<String> tag() {
        return Optional.ofNullable(tag);
    }

    /** The digest as written, if one was. It wins over the tag. */
    public Optional<Digest> digest() {
        return Optional.ofNullable(digest);
    }

    /** What to ask the registry for: the digest, else the tag, else {@code latest}. */
    public String identifier() {
        return digest != null ? digest.toString() : tag != null ? tag : DEFAULT_TAG;
    }

    /**
     * The text as written, pinned to {@code to}: {@code @digest} appended, after {@code :latest} where there was no tag. A
     * reference that has a digest stays as it is.
     */
    public String pinned(Digest to) {
        if (digest != null) {
            return text;
        }
        return (tag == null ? text + ":" + DEFAULT_TAG : text) + "@" + to;
    }

    /** The same repository by {@code digest}, canonical and without a tag. */
    public ImageReference at(Digest digest) {
        return new ImageReference(name() + "@" + digest, registry, repository, null, digest);
    }

    /** The same repository by {@code tag}, canonical and without a digest; the tag is checked as one that was written. */
    public ImageReference withTag(String tag) {
        String text = name() + ":" + tag;
        checkTag(text, tag);
        return new ImageReference(text, registry, repository, tag, null);
    }

    /** {@code registry/repository}, then {@code :tag} and {@code @digest} as far as they are known. */
    public String canonical() {
        return name() + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ImageReference that
                && registry.equals(that.registry)
                && repository.equals(that.repository)
                && Objects.equals(tag, that.tag)
                && Objects.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Objects.hash(registry, repository, tag, digest);
    }

    @Override
    public String toString() {
        return text;
    }
}
