package dev.landwaiter.transport;

import dev.landwaiter.http.Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request is for.
 *
 * @param host lower case, an IPv6 address without brackets
 * @param port 443 or 80 where none is written
 * @param tls whether it is https
 * @param literal the address where the host is written as one, else null
 */
record Target(String host, int port, boolean tls, @Nullable InetAddress literal) {
    static Target of(Address address) {
        String host = address.host();
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new Target(host, address.port(), address.tls(), literal(host));
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
