package dev.landwaiter.settings;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;

/**
 * Where to listen.
 *
 * @param host a name or an address, an IPv6 one without its brackets
 * @param port 0 for any free one
 */
public record HostPort(String host, int port) {
    /** Reads {@code host:port} or {@code [v6]:port}. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw expected();
        }
        if (host.isEmpty()) {
            throw expected();
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw expected();
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    private static Failure expected() {
        return new Failure(Code.SETTING_INVALID, "expected HOST:PORT, for instance 0.0.0.0:8443 or [::]:8443");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
