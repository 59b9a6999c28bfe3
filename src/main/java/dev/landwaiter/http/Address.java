package dev.landwaiter.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An address of scheme http or https, as registries write them and as it is sent: the one reader of addresses that come from outside.
 * References are resolved as RFC 3986, section 5.2, says; characters that it does not allow are taken as Go's clients, which pull the
 * image in the end, take them: in a query they stay as they are, for it may be signed, and in a path they are percent-encoded. Of hosts
 * nothing but names, IPv4 and IPv6 addresses is read. Users and passwords in addresses are refused; a fragment is not sent.
 *
 * @param scheme {@code https} or {@code http}
 * @param host lower case, an IPv6 address in brackets
 * @param port from 1 to 65535
 * @param path with its slash at the front, {@code /} where none is written
 * @param query with its question mark at the front, {@code ""} for none
 */
public record Address(String scheme, String host, int port, String path, String query) {
    private static final int MAX_HOST = 253;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final int MAX_PORT = 65_535;
    /** RFC 3986, section 3.3: what stands for itself in a path, beside letters and digits, and the slash. */
    private static final String OF_PATHS = "-._~!$&'()*+,;=:@/";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Reads a whole address; empty where it is none. */
    public static Optional<Address> find(String text) {
        return Parts.of(text).flatMap(parts -> parts.scheme().isEmpty() ? Optional.empty() : absolute(parts));
    }

    /** Reads an address that the program itself wrote. */
    public static Address of(String text) {
        return find(text).orElseThrow(() -> new IllegalArgumentException("not an address: " + text));
    }

    /** What {@code reference} means that stands in an answer of this address; empty where it is not an address of http or https. */
    public Optional<Address> resolve(String reference) {
        return Parts.of(reference).flatMap(parts -> {
            if (!parts.scheme().isEmpty()) {
                return absolute(parts);
            }
            if (parts.authority() != null) {
                return absolute(new Parts(scheme, parts.authority(), parts.path(), parts.query()));
            }
            if (parts.path().isEmpty()) {
                return sent(path, parts.query() == null ? query : "?" + parts.query());
            }
            String merged = parts.path().startsWith("/")
                    ? parts.path()
                    : path.substring(0, path.lastIndexOf('/') + 1) + parts.path();
            return sent(withoutDots(merged), parts.query() == null ? "" : "?" + parts.query());
        });
    }

    /** This address with {@code parameters}, which are encoded, behind those that it has. */
    public Address with(String parameters) {
        String before = query.length() > 1 ? query + "&" : "?";
        return new Address(scheme, host, port, path, before + parameters);
    }

    /** {@code host}, or {@code host:port} where the port is not the scheme's own. */
    public String hostAndPort() {
        return port == (tls() ? HTTPS : HTTP) ? host : host + ":" + port;
    }

    public boolean tls() {
        return scheme.equals("https");
    }

    /** The path and the query, as they are sent. */
    public String target() {
        return path + query;
    }

    /** Whether {@code other} has the same scheme, host and port. */
    public boolean sameOrigin(Address other) {
        return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
    }

    @Override
    public String toString() {
        return scheme + "://" + hostAndPort() + target();
    }

    private static Optional<Address> absolute(Parts parts) {
        String scheme = parts.scheme();
        String authority = parts.authority();
        if (authority == null || !(scheme.equals("https") || scheme.equals("http"))) {
            return Optional.empty();
        }
        // before anything is made lower case, by which others become letters of ASCII (the Kelvin sign a 'k')
        if (!authority.chars().allMatch(c -> c < 0x80)) {
            return Optional.empty();
        }
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = (hasPort ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
        String port = hasPort ? authority.substring(colon + 1) : "";
        int number = port.isEmpty() ? scheme.equals("https") ? HTTPS : HTTP : number(port);
        String path = parts.path().isEmpty() ? "/" : withoutDots(parts.path());
        return isHost(host) && number > 0
                ? new Address(scheme, host, number, "/", "")
                        .sent(path, parts.query() == null ? "" : "?" + parts.query())
                : Optional.empty();
    }

    /** On this host, as it can be sent; empty where an escape in the path is none. */
    private Optional<Address> sent(String rawPath, String rawQuery) {
        return encodedPath(rawPath).map(encoded -> new Address(scheme, host, port, encoded, encodedQuery(rawQuery)));
    }

    private static int number(String port) {
        boolean digits = port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(port) : 0;
        return number <= MAX_PORT ? number : 0;
    }

    private static boolean isHost(String host) {
        if (host.startsWith("[")) {
            return host.endsWith("]") && isIpv6(host.substring(1, host.length() - 1));
        }
        if (host.isEmpty() || host.length() > MAX_HOST) {
            return false;
        }
        for (String label : host.split("\\.", -1)) {
            if (label.isEmpty() || !label.chars().allMatch(Address::isOfName)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfName(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private static boolean isIpv6(String address) {
        // no zone: it means something on one machine only
        if (address.indexOf(':') < 0 || address.indexOf('%') >= 0) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(address).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** RFC 3986, section 5.2.4. */
    private static String withoutDots(String path) {
        Deque<String> segments = new ArrayDeque<>();
        String[] all = path.substring(1).split("/", -1);
        for (int i = 0; i < all.length; i++) {
            boolean last = i == all.length - 1;
            switch (all[i]) {
                case "." -> {
                    if (last) {
                        segments.addLast("");
                    }
                }
                case ".." -> {
                    segments.pollLast();
                    if (last) {
                        segments.addLast("");
                    }
                }
                default -> segments.addLast(all[i]);
            }
        }
        return "/" + String.join("/", segments);
    }

    private static Optional<String> encodedPath(String path) {
        StringBuilder encoded = new StringBuilder(path.length());
        byte[] bytes = bytes(path);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            if (c == '%') {
                if (i + 2 >= bytes.length
                        || !HexFormat.isHexDigit(bytes[i + 1])
                        || !HexFormat.isHexDigit(bytes[i + 2])) {
                    return Optional.empty();
                }
                encoded.append(c);
            } else if (isAlphanumeric(c) || OF_PATHS.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(bytes[i]));
            }
        }
        return Optional.of(encoded.toString());
    }

    private static String encodedQuery(String query) {
        StringBuilder encoded = new StringBuilder(query.length());
        for (byte b : bytes(query)) {
            if (b > ' ') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /** Header fields come as one character for each byte. */
    private static byte[] bytes(String text) {
        return text.getBytes(
                text.chars().allMatch(c -> c <= 0xff) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /**
     * The parts of an address or a reference, RFC 3986, appendix B, without the fragment.
     *
     * @param scheme lower case, {@code ""} for none
     * @param authority null for none
     * @param query without its question mark, null for none
     */
    private record Parts(
            String scheme,
            @Nullable String authority,
            String path,
            @Nullable String query) {
        /** Empty where there is a character that nobody sees. */
        static Optional<Parts> of(String text) {
            if (text.chars().anyMatch(Character::isISOControl)) {
                return Optional.empty();
            }
            String rest = text.strip();
            int fragment = rest.indexOf('#');
            rest = fragment < 0 ? rest : rest.substring(0, fragment);
            int question = rest.indexOf('?');
            String query = question < 0 ? null : rest.substring(question + 1);
            rest = question < 0 ? rest : rest.substring(0, question);
            int colon = rest.indexOf(':');
            int slash = rest.indexOf('/');
            String scheme = "";
            if (colon >= 0 && (slash < 0 || colon < slash)) {
                scheme = rest.substring(0, colon).toLowerCase(Locale.ROOT);
                rest = rest.substring(colon + 1);
                if (scheme.isEmpty()) {
                    return Optional.empty();
                }
            }
            if (!rest.startsWith("//")) {
                return Optional.of(new Parts(scheme, null, rest, query));
            }
            int path = rest.indexOf('/', 2);
            return Optional.of(new Parts(
                    scheme,
                    path < 0 ? rest.substring(2) : rest.substring(2, path),
                    path < 0 ? "" : rest.substring(path),
                    query));
        }
    }
}
