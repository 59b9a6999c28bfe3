package dev.landwaiter.registry;

import dev.landwaiter.limit.Limits;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How registries are spoken to.
 *
 * @param plainHttp {@code host} or {@code host:port} of registries spoken to without TLS; they never see a credential
 * @param tokenRealms by registry ({@code host} or {@code host:port}): further hosts of token servers that may be shown its credentials
 * @param limits of bytes, redirects and pages
 */
public record RegistrySettings(Set<String> plainHttp, Map<String, Set<String>> tokenRealms, Limits limits) {
    public RegistrySettings {
        plainHttp = lowerCase(plainHttp);
        tokenRealms = tokenRealms.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        entry -> entry.getKey().toLowerCase(Locale.ROOT), entry -> lowerCase(entry.getValue())));
    }

    /** TLS everywhere, and the token servers that need no setting. */
    public static RegistrySettings defaults() {
        return new RegistrySettings(Set.of(), Map.of(), Limits.defaults());
    }

    /** Whether {@code hostAndPort}, or its host, is spoken to without TLS. */
    boolean plain(String hostAndPort) {
        return plainHttp.contains(hostAndPort) || plainHttp.contains(Hosts.withoutPort(hostAndPort));
    }

    private static Set<String> lowerCase(Set<String> hosts) {
        return hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }
}
