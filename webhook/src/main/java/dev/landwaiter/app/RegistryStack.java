package dev.landwaiter.app;

import dev.landwaiter.credential.Keychain;
import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.fetch.BackgroundAsks;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.fetch.MemorySettings;
import dev.landwaiter.fetch.RegistryArtifactFetcher;
import dev.landwaiter.fetch.RegistryFetcher;
import dev.landwaiter.fetch.RememberingFetcher;
import dev.landwaiter.fetch.TierListener;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.registry.OciRegistry;
import dev.landwaiter.registry.Registry;
import dev.landwaiter.registry.RegistryListener;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.transport.VertxTransport;
import java.time.InstantSource;
import java.util.Map;

/** All that stands between a reference and what a registry says of it: transport, protocol, memory. */
final class RegistryStack implements AutoCloseable {
    private final VertxTransport transport;
    private final ArtifactFetcher artifacts;
    private final ImageFetcher images;
    private final Keychain keychain;

    /** Who is told of requests to registries and of how the memory answered. */
    record Listeners(RegistryListener registry, TierListener memory) {
        static final Listeners NONE = new Listeners(RegistryListener.NONE, TierListener.NONE);
    }

    RegistryStack(
            Settings settings, RegistryOptions options, SharedVertx shared, EvidenceTape tape, Listeners listeners) {
        Limits limits = settings.get(SettingRows.LIMIT);
        this.keychain = options.keychain();
        this.transport = new VertxTransport(shared.vertx(), options.transport());
        Registry registry = new OciRegistry(
                tape.around(transport, limits), options.registry(), InstantSource.system(), listeners.registry());
        this.artifacts = new RegistryArtifactFetcher(registry);
        this.images = new RememberingFetcher(
                new RegistryFetcher(registry, limits),
                registry,
                new MemorySettings(
                        settings.get(SettingRows.MEMORY_TIER),
                        settings.get(SettingRows.TAG_TTL),
                        settings.get(SettingRows.FAILURE_TTL),
                        settings.get(SettingRows.TAG_GRACE)),
                System::nanoTime,
                listeners.memory(),
                BackgroundAsks.onVirtualThreads(limits));
    }

    /** What the registries are spoken to through, for whoever else needs their settings' authorities, proxy and limits. */
    HttpTransport transport() {
        return transport;
    }

    /** From now on these sign registries' certificates, in PEM by registry. */
    void trust(Map<String, String> authorities) {
        transport.trust(authorities);
    }

    ArtifactFetcher artifacts() {
        return artifacts;
    }

    ImageFetcher images() {
        return images;
    }

    /** The docker configuration's. */
    Keychain keychain() {
        return keychain;
    }

    @Override
    public void close() {
        transport.close();
    }
}
