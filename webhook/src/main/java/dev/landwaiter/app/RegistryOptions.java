package dev.landwaiter.app;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.credential.DockerConfigKeychain;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.RegistrySettings;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.settings.TokenRealm;
import dev.landwaiter.transport.Cidr;
import dev.landwaiter.transport.ProxySettings;
import dev.landwaiter.transport.TransportSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How registries are spoken to, as the settings and the files that they name say. All of it is read before anything is opened: files may be
 * missing.
 *
 * @param keychain of the docker configuration
 */
record RegistryOptions(TransportSettings transport, RegistrySettings registry, Keychain keychain) {
    static RegistryOptions read(Settings settings, Map<String, String> environment) {
        Limits limits = settings.get(SettingRows.LIMIT);
        return new RegistryOptions(
                transport(settings, limits), registry(settings, limits), docker(settings, environment, limits));
    }

    /** For registries that a recording stands in for: nobody's credential is read. */
    static RegistryOptions withoutCredentials(Settings settings) {
        Limits limits = settings.get(SettingRows.LIMIT);
        return new RegistryOptions(
                transport(settings, limits),
                registry(settings, limits),
                (reference, deadline) -> Keychain.Found.anonymous(List.of()));
    }

    private static TransportSettings transport(Settings settings, Limits limits) {
        List<Cidr> addresses = new ArrayList<>();
        Set<String> hosts = new HashSet<>();
        for (String allowed : settings.get(SettingRows.ALLOW_ADDRESS)) {
            block(allowed).ifPresentOrElse(addresses::add, () -> hosts.add(allowed));
        }
        for (TokenRealm realm : settings.get(SettingRows.ALLOW_TOKEN_REALM)) {
            hosts.add(realm.host());
        }
        return new TransportSettings(
                RegistryAuthorities.read(settings.get(SettingRows.REGISTRY_CA)),
                Set.copyOf(settings.get(SettingRows.REGISTRY_PLAIN_HTTP)),
                addresses,
                hosts,
                proxy(settings),
                limits);
    }

    /** An address by itself is a block of one; what is neither is a host. */
    private static Optional<Cidr> block(String allowed) {
        try {
            return Optional.of(Cidr.parse(allowed));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private static @Nullable ProxySettings proxy(Settings settings) {
        Optional<URI> proxy = settings.find(SettingRows.HTTPS_PROXY);
        return proxy.isEmpty()
                ? null
                : ProxySettings.parse(proxy.get().toString(), String.join(",", settings.get(SettingRows.NO_PROXY)));
    }

    private static RegistrySettings registry(Settings settings, Limits limits) {
        Map<String, Set<String>> realms = new HashMap<>();
        for (TokenRealm realm : settings.get(SettingRows.ALLOW_TOKEN_REALM)) {
            realms.computeIfAbsent(realm.registry(), registry -> new HashSet<>())
                    .add(realm.host());
        }
        return new RegistrySettings(Set.copyOf(settings.get(SettingRows.REGISTRY_PLAIN_HTTP)), realms, limits);
    }

    private static Keychain docker(Settings settings, Map<String, String> environment, Limits limits) {
        Optional<Path> given = settings.find(SettingRows.DOCKER_CONFIG);
        if (given.isPresent() && !Files.isDirectory(given.get())) {
            return DockerConfigKeychain.ofFile(given.get(), environment, limits, Ticker.systemTicker());
        }
        Map<String, String> where = new HashMap<>(environment);
        given.ifPresent(folder -> where.put("DOCKER_CONFIG", folder.toString()));
        return new DockerConfigKeychain(where, Path.of(System.getProperty("user.home")), limits, Ticker.systemTicker());
    }
}
