package dev.landwaiter.registry;

import java.net.URI;
import java.util.Locale;

/** Hosts as URIs and references write them, made comparable. */
final class Hosts {
    private Hosts() {}

    /** {@code host}, or {@code host:port} where the port is not the scheme's own; lower case. The URI is known to have a host. */
    static String of(URI uri) {
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        int own = "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443;
        return uri.getPort() < 0 || uri.getPort() == own ? host : host + ":" + uri.getPort();
    }

    /** {@code localhost:5000} becomes {@code localhost}, {@code [::1]:5000} becomes {@code [::1]}. */
    static String withoutPort(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        return colon > hostAndPort.lastIndexOf(']') ? hostAndPort.substring(0, colon) : hostAndPort;
    }

    /** Whether {@code a} and {@code b} are the same scheme, host and port. */
    static boolean sameOrigin(URI a, URI b) {
        return String.valueOf(a.getScheme()).equalsIgnoreCase(b.getScheme()) && of(a).equals(of(b));
    }
}
