package dev.landwaiter.transport;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxy through which https goes out, and what goes without it: {@code HTTPS_PROXY} and {@code NO_PROXY} as Go programs read them.
 *
 * @param host of the proxy
 * @param port of the proxy
 * @param user {@code ""} for none
 * @param password {@code ""} for none
 * @param bypassed names ({@code acme.internal} with all below it, {@code .acme.internal} only what is below), addresses, blocks of
 *     addresses, {@code host:port}, or {@code *}
 */
public record ProxySettings(String host, int port, String user, String password, List<String> bypassed) {
    private static final int MAX_PORT = 65_535;

    public ProxySettings {
        bypassed = bypassed.stream()
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    /** Reads {@code http://[user:password@]host[:port]} and a comma-separated list; else a {@link Code#SETTING_INVALID}. */
    public static ProxySettings parse(String proxy, String noProxy) {
        try {
            URI uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy);
            if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() > MAX_PORT) {
                throw invalid();
            }
            String userInfo = uri.getUserInfo() == null ? "" : uri.getUserInfo();
            int colon = userInfo.indexOf(':');
            return new ProxySettings(
                    uri.getHost(),
                    uri.getPort() < 0 ? 80 : uri.getPort(),
                    colon < 0 ? userInfo : userInfo.substring(0, colon),
                    colon < 0 ? "" : userInfo.substring(colon + 1),
                    Stream.of(noProxy.split(",", -1)).toList());
        } catch (URISyntaxException e) {
            throw invalid();
        }
    }

    /** Whether {@code host} is spoken to without the proxy; {@code literal} is its address where it is written as one. */
    boolean bypasses(String host, int atPort, @Nullable InetAddress literal) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || (literal != null && literal.isLoopbackAddress())) {
            return true;
        }
        for (String entry : bypassed) {
            if (entry.equals("*")
                    || entry.equals(name)
                    || entry.equals(name + ":" + atPort)
                    || (literal == null && name.endsWith(entry.startsWith(".") ? entry : "." + entry))
                    || (literal != null && entry.indexOf('/') > 0 && within(entry, literal))) {
                return true;
            }
        }
        return false;
    }

    private static boolean within(String entry, InetAddress literal) {
        try {
            return Cidr.parse(entry).contains(literal);
        } catch (Failure e) {
            return false; // not ours to judge: NO_PROXY is shared with other programs
        }
    }

    private static Failure invalid() {
        // without the value, which may hold a password
        return new Failure(
                Code.SETTING_INVALID,
                "Could not read the proxy: it is not a URL of scheme http. Expected for instance http://proxy.internal:3128.");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
