package dev.landwaiter.transport;

import dev.landwaiter.limit.Limits;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How hosts are reached.
 *
 * @param authorities by {@code host} or {@code host:port}: the CA certificates, in PEM, that alone are trusted there, instead of the
 *     system's
 * @param plainHttp {@code host} or {@code host:port} of what may be spoken to without TLS; it never sees a credential
 * @param allowedAddresses that may be spoken to though they are loopback, link-local, private and so on
 * @param allowedHosts that may be at private addresses though a redirect or a token realm named them
 * @param proxy for https, null for none
 * @param limits of time, bytes and connections
 */
public record TransportSettings(
        Map<String, String> authorities,
        Set<String> plainHttp,
        List<Cidr> allowedAddresses,
        Set<String> allowedHosts,
        @Nullable ProxySettings proxy,
        Limits limits) {
    public TransportSettings {
        authorities = lowerCase(authorities);
        plainHttp = lowerCase(plainHttp);
        allowedAddresses = List.copyOf(allowedAddresses);
        allowedHosts = lowerCase(allowedHosts);
    }

    /** The system's CAs, TLS everywhere, nothing inner but what references name. */
    public static TransportSettings defaults() {
        return new TransportSettings(Map.of(), Set.of(), List.of(), Set.of(), null, Limits.defaults());
    }

    /** {@code authorities} by their registries as they are looked up. */
    static Map<String, String> lowerCase(Map<String, String> authorities) {
        return authorities.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        entry -> entry.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
    }

    private static Set<String> lowerCase(Set<String> hosts) {
        return hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }
}
