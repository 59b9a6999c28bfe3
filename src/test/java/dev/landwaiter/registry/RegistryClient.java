package dev.landwaiter.registry;

import dev.landwaiter.limit.Limits;
import dev.landwaiter.testregistry.TestRegistry;
import dev.landwaiter.transport.Cidr;
import dev.landwaiter.transport.NameResolver;
import dev.landwaiter.transport.TransportSettings;
import dev.landwaiter.transport.VertxTransport;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The product's client and transport, set up to reach test registries: their authorities trusted, loopback allowed. */
public final class RegistryClient implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final VertxTransport transport;
    private final OciRegistry registry;

    private RegistryClient(Setup setup) {
        this.transport = new VertxTransport(
                vertx,
                new TransportSettings(setup.authorities, setup.plainHttp, setup.allowed, Set.of(), null, setup.limits),
                setup.resolver);
        this.registry = new OciRegistry(
                transport,
                new RegistrySettings(setup.plainHttp, setup.tokenRealms, setup.limits),
                setup.clock,
                setup.listener);
    }

    /** One that reaches {@code registries}. */
    public static RegistryClient of(TestRegistry... registries) {
        return to(registries).build();
    }

    /** One that reaches {@code registries}, to be changed. */
    public static Setup to(TestRegistry... registries) {
        Setup setup = new Setup();
        for (TestRegistry registry : registries) {
            setup.authorities.put(registry.host(), registry.certificates().caPem());
        }
        return setup;
    }

    public OciRegistry registry() {
        return registry;
    }

    public VertxTransport transport() {
        return transport;
    }

    @Override
    public void close() {
        transport.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("Vert.x did not close", e);
        }
    }

    /** What differs from the defaults. */
    public static final class Setup {
        private final Map<String, String> authorities = new HashMap<>();
        private final Set<String> plainHttp = new HashSet<>();
        private final Map<String, Set<String>> tokenRealms = new HashMap<>();
        private List<Cidr> allowed = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));
        private Limits limits = Limits.defaults();
        private NameResolver resolver = NameResolver.SYSTEM;
        private InstantSource clock = () -> Instant.parse("2026-11-21T00:00:00Z");
        private RegistryListener listener = RegistryListener.NONE;

        private Setup() {}

        public Setup authority(String host, TestRegistry registry) {
            authorities.put(host, registry.certificates().caPem());
            return this;
        }

        /** As the product is by default: not even loopback. */
        public Setup allowNothingInner() {
            allowed = List.of();
            return this;
        }

        public Setup plainHttp(String host) {
            plainHttp.add(host);
            return this;
        }

        public Setup tokenRealm(String registry, String realm) {
            tokenRealms.put(registry, Set.of(realm));
            return this;
        }

        public Setup limits(Limits of) {
            limits = of;
            return this;
        }

        public Setup resolver(NameResolver of) {
            resolver = of;
            return this;
        }

        public Setup clock(InstantSource of) {
            clock = of;
            return this;
        }

        public Setup listener(RegistryListener of) {
            listener = of;
            return this;
        }

        public RegistryClient build() {
            return new RegistryClient(this);
        }
    }
}
