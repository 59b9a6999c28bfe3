package dev.landwaiter.settings;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;

/**
 * Where to listen.
 *
 * @param host a name or an address, an IPv6 one without its brackets and without a zone
 * @param port 0 for any free one
 */
public record HostPort(String host, int port) {
    private static final int MOST = 65_535;

    /** A {@link Code#SETTING_INVALID} where either is none. */
    public HostPort {
        boolean known = HostText.isName(host) || HostText.isIpv4(host) || HostText.isIpv6(host);
        if (!known || port < 0 || port > MOST) {
            throw expected();
        }
    }

    /** Reads {@code host:port} or {@code [v6]:port}; anything else is a {@link Code#SETTING_INVALID}. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String inner = bracketed ? host.substring(1, host.length() - 1) : host;
        if (bracketed != HostText.isIpv6(inner) || !port.matches("[0-9]{1,5}")) {
            throw expected();
        }
        return new HostPort(inner, Integer.parseInt(port));
    }

    private static Failure expected() {
        return new Failure(Code.SETTING_INVALID, "expected HOST:PORT, for instance 0.0.0.0:8443 or [::]:8443");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
