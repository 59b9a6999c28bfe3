package dev.landwaiter.transport;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request is for.
 *
 * @param host lower case, an IPv6 address without brackets
 * @param port 443 or 80 where the URI has none
 * @param tls whether it is https
 * @param literal the address where the host is written as one, else null
 */
record Target(String host, int port, boolean tls, @Nullable InetAddress literal) {
    /** Of {@code uri}, whose host is known to be there. */
    static Target of(URI uri) {
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new Target(host, uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80, tls, literal(host));
    }

    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** {@code host:port}. */
    String hostAndPort() {
        return host + ":" + port;
    }

    /** As the {@code Host} header names the host: IPv6 in brackets. */
    String hostInUri() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** For messages: without a port that goes without saying. */
    @Override
    public String toString() {
        return port == (tls ? 443 : 80) ? hostInUri() : hostInUri() + ":" + port;
    }
}
