package dev.landwaiter.cli;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.admission.AdmissionPipeline;
import dev.landwaiter.admission.Keychains;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.DockerConfigKeychain;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.failure.Partial;
import dev.landwaiter.fetch.ArtifactFetcher;
import dev.landwaiter.fetch.Image;
import dev.landwaiter.fetch.ImageDetails;
import dev.landwaiter.fetch.ImageFetcher;
import dev.landwaiter.fetch.MemorySettings;
import dev.landwaiter.fetch.RegistryArtifactFetcher;
import dev.landwaiter.fetch.RegistryFetcher;
import dev.landwaiter.fetch.RememberingFetcher;
import dev.landwaiter.fetch.TierListener;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.registry.OciRegistry;
import dev.landwaiter.registry.Registry;
import dev.landwaiter.registry.RegistryListener;
import dev.landwaiter.registry.RegistrySettings;
import dev.landwaiter.report.Logs;
import dev.landwaiter.server.Gate;
import dev.landwaiter.settings.Choices;
import dev.landwaiter.settings.RegistryFile;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.settings.TokenRealm;
import dev.landwaiter.sigstore.BundleVerifier;
import dev.landwaiter.transport.Cidr;
import dev.landwaiter.transport.ProxySettings;
import dev.landwaiter.transport.TransportSettings;
import dev.landwaiter.transport.VertxTransport;
import dev.landwaiter.verify.PolicyVerifier;
import dev.landwaiter.verify.RememberingVerifier;
import dev.landwaiter.verify.SignatureSurvey;
import dev.landwaiter.verify.SourceKeychains;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.verify.VerdictSettings;
import dev.landwaiter.verify.Verifier;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The core, put together as the settings say: the one {@code Vertx}, the registry path, the verifier, the pipeline. */
final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final String UNUSED_CREDENTIALS =
            "--registry-credentials is not used: it is for the Pods of a cluster, and there is none; see --docker-config";

    /** The part of what verdicts may take that those take which were found without a tenant's credentials. */
    private static final long OF_ANYBODY = 10;

    private static final String NO_CREDENTIALS =
            "none of the Pod's pull secrets, because this webhook cannot tell that the API server asks: see docs/security/callers.md";

    private final Gate gate = new Gate();
    private final Vertx vertx;
    private final VertxTransport transport;
    private final ArtifactFetcher artifacts;
    private final ImageFetcher fetcher;
    private final Verifier verifier;
    private final SignatureSurvey survey;
    private final Keychain keychain;
    private final PolicySource policies;
    private final AdmissionRules rules;
    private final AdmissionPipeline pipeline;
    private final AdmissionPipeline withoutCredentials;
    private final Runnable alongside;

    /**
     * What differs between the webhook and the verbs.
     *
     * @param policies in force
     * @param keychains by request; where empty, the docker configuration serves every request
     */
    record Surface(
            PolicySource policies,
            Namespaces namespaces,
            Optional<Keychains> keychains,
            RegistryListener registryListener,
            TierListener tierListener) {}

    private Engine(
            Settings settings,
            Map<String, String> environment,
            Surface surface,
            EvidenceTape tape,
            Runnable alongside) {
        this.alongside = alongside;
        Limits limits = settings.get(SettingRows.LIMIT);
        // before there is anything that would have to be closed again: files may be missing
        TransportSettings transportSettings = transportSettings(settings, limits);
        this.keychain = tape.replays()
                ? (reference, deadline) -> Keychain.Found.anonymous(List.of())
                : dockerKeychain(settings, environment, limits);
        this.vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(eventLoops(settings)))
                .withTransport(gate.transport())
                .build();
        this.transport = new VertxTransport(vertx, transportSettings);
        Registry registry = new OciRegistry(
                tape.around(transport, limits),
                registrySettings(settings, limits),
                InstantSource.system(),
                surface.registryListener());
        this.artifacts = new RegistryArtifactFetcher(registry);
        this.fetcher = new RememberingFetcher(
                new RegistryFetcher(registry, limits),
                registry,
                new MemorySettings(
                        settings.get(SettingRows.MEMORY_TIER),
                        settings.get(SettingRows.TAG_TTL),
                        settings.get(SettingRows.FAILURE_TTL)),
                System::nanoTime,
                surface.tierListener());
        this.survey = new SignatureSurvey(artifacts, limits);
        this.policies = surface.policies();
        this.rules = new AdmissionRules(
                AdmissionRules.NoMatch.valueOf(
                        settings.get(SettingRows.NO_MATCH).name()),
                AdmissionRules.OnUnresolved.valueOf(
                        settings.get(SettingRows.ON_UNRESOLVED).name()),
                settings.get(SettingRows.PLATFORM));
        this.verifier = verifier(settings, sourceKeychains(surface), limits.get(Limit.REMEMBERED_VERDICT_BYTES));
        this.pipeline = pipeline(
                surface, surface.keychains().orElse((namespace, secrets, account) -> keychain), verifier, limits);
        this.withoutCredentials = pipeline(
                surface,
                (namespace, secrets, account) ->
                        (reference, deadline) -> Keychain.Found.anonymous(List.of(NO_CREDENTIALS)),
                verifier(settings, SourceKeychains.NONE, limits.get(Limit.REMEMBERED_VERDICT_BYTES) / OF_ANYBODY),
                limits);
    }

    private Verifier verifier(Settings settings, SourceKeychains sources, long bytes) {
        return new RememberingVerifier(
                new PolicyVerifier(
                        artifacts,
                        sources,
                        new BundleVerifier(),
                        settings.get(SettingRows.LIMIT),
                        Ticker.systemTicker()),
                sources,
                new VerdictSettings(
                        bytes, settings.get(SettingRows.VERDICT_TTL), settings.get(SettingRows.FAILURE_TTL)),
                Ticker.systemTicker());
    }

    private AdmissionPipeline pipeline(Surface surface, Keychains keychains, Verifier verifying, Limits limits) {
        return new AdmissionPipeline(
                policies, surface.namespaces(), keychains, fetcher, verifying, rules, limits, InstantSource.system());
    }

    /** The Secrets that a policy names for its signatures are read as a Pod's are; without a cluster the docker configuration serves. */
    private SourceKeychains sourceKeychains(Surface surface) {
        return surface.keychains()
                .<SourceKeychains>map(
                        keychains -> source -> keychains.forPod(source.namespace(), source.signaturePullSecrets(), ""))
                .orElse(source -> keychain);
    }

    static Engine of(Settings settings, Map<String, String> environment, Surface surface) {
        if (surface.keychains().isEmpty() && hasPodCredentials(settings)) {
            LOG.warn(UNUSED_CREDENTIALS);
        }
        return new Engine(settings, environment, surface, EvidenceTape.none(), () -> {});
    }

    /** For a verb: no cluster, the policies of a folder if there is one, the docker configuration's credentials. */
    static Engine offline(Settings settings, Surroundings surroundings) {
        return offline(settings, surroundings, policyFolder(settings), EvidenceTape.none());
    }

    /** As {@link #offline(Settings, Surroundings)}, with the policies of {@code folder}; what registries answer goes through {@code tape}. */
    static Engine offline(
            Settings settings, Surroundings surroundings, Optional<PolicyFolder> folder, EvidenceTape tape) {
        Logs logs = Logs.start(
                settings.find(SettingRows.LOG_FORMAT).orElse(Choices.LogFormat.TEXT),
                settings.get(SettingRows.LOG_LEVEL));
        if (hasPodCredentials(settings)) {
            surroundings.err().println(UNUSED_CREDENTIALS);
        }
        return new Engine(
                settings,
                surroundings.environment(),
                new Surface(
                        folder.<PolicySource>map(policies -> policies).orElse(() -> PolicySet.EMPTY),
                        folder.<Namespaces>map(namespaces -> namespaces).orElse((name, deadline) -> Optional.empty()),
                        Optional.empty(),
                        RegistryListener.NONE,
                        TierListener.NONE),
                tape,
                logs::close);
    }

    private static boolean hasPodCredentials(Settings settings) {
        return settings.find(SettingRows.REGISTRY_CREDENTIALS).isPresent();
    }

    static Optional<PolicyFolder> policyFolder(Settings settings) {
        return policyFolder(settings, Materials.NONE);
    }

    static Optional<PolicyFolder> policyFolder(Settings settings, Materials materials) {
        return settings.find(SettingRows.POLICIES).map(folder -> policyFolder(folder, settings, materials));
    }

    static PolicyFolder policyFolder(Path folder, Settings settings) {
        return policyFolder(folder, settings, Materials.NONE);
    }

    private static PolicyFolder policyFolder(Path folder, Settings settings, Materials materials) {
        return PolicyFolder.open(
                folder,
                new PolicyReader(materials, settings.get(SettingRows.OWN_NAMESPACE), settings.get(SettingRows.LIMIT)),
                settings.get(SettingRows.LIMIT));
    }

    /** How many threads serve connections: as many as there are processors, where nothing else is asked for. */
    static int eventLoops(Settings settings) {
        int asked = settings.get(SettingRows.EVENT_LOOPS);
        return asked > 0 ? asked : Math.max(1, Runtime.getRuntime().availableProcessors());
    }

    private static TransportSettings transportSettings(Settings settings, Limits limits) {
        Map<String, String> authorities = new HashMap<>();
        for (RegistryFile one : settings.get(SettingRows.REGISTRY_CA)) {
            authorities.put(one.registry(), certificates(one));
        }
        List<Cidr> addresses = new ArrayList<>();
        Set<String> hosts = new HashSet<>();
        for (String allowed : settings.get(SettingRows.ALLOW_ADDRESS)) {
            block(allowed).ifPresentOrElse(addresses::add, () -> hosts.add(allowed));
        }
        for (TokenRealm realm : settings.get(SettingRows.ALLOW_TOKEN_REALM)) {
            hosts.add(realm.host());
        }
        return new TransportSettings(
                authorities,
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

    private static RegistrySettings registrySettings(Settings settings, Limits limits) {
        Map<String, Set<String>> realms = new HashMap<>();
        for (TokenRealm realm : settings.get(SettingRows.ALLOW_TOKEN_REALM)) {
            realms.computeIfAbsent(realm.registry(), registry -> new HashSet<>())
                    .add(realm.host());
        }
        return new RegistrySettings(Set.copyOf(settings.get(SettingRows.REGISTRY_PLAIN_HTTP)), realms, limits);
    }

    private static Keychain dockerKeychain(Settings settings, Map<String, String> environment, Limits limits) {
        Optional<Path> given = settings.find(SettingRows.DOCKER_CONFIG);
        if (given.isPresent() && !Files.isDirectory(given.get())) {
            return DockerConfigKeychain.ofFile(given.get(), environment, limits, Ticker.systemTicker());
        }
        Map<String, String> where = new HashMap<>(environment);
        given.ifPresent(folder -> where.put("DOCKER_CONFIG", folder.toString()));
        return new DockerConfigKeychain(where, Path.of(System.getProperty("user.home")), limits, Ticker.systemTicker());
    }

    private static String certificates(RegistryFile of) {
        try {
            byte[] pem = Files.readAllBytes(of.file());
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty()) {
                return new String(pem, StandardCharsets.US_ASCII);
            }
            throw unusable(of, "the file holds no certificate in PEM", null);
        } catch (CertificateException e) {
            throw unusable(of, "the file holds no certificate in PEM", e);
        } catch (IOException e) {
            throw unusable(of, "the file cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static Failure unusable(RegistryFile of, String why, @Nullable Exception cause) {
        return new Failure(
                Code.SETTING_INVALID,
                "Could not use --registry-ca \"%s=%s\": %s. Give the certificates of the authorities that issued the registry's."
                        .formatted(of.registry(), of.file(), why),
                cause);
    }

    Vertx vertx() {
        return vertx;
    }

    /** What the connections to the servers of {@link #vertx()} pass. */
    Gate gate() {
        return gate;
    }

    /** What the registries are spoken to through, for whoever else needs their settings' authorities, proxy and limits. */
    HttpTransport transport() {
        return transport;
    }

    AdmissionPipeline pipeline() {
        return pipeline;
    }

    /** For reviews of whoever has not proved to be the API server: the same decisions, for which no credential is used. */
    AdmissionPipeline pipelineWithoutCredentials() {
        return withoutCredentials;
    }

    PolicySource policies() {
        return policies;
    }

    Image resolve(ImageReference reference, Deadline deadline) {
        return fetcher.resolve(reference, keychain.find(reference, deadline), deadline);
    }

    ImageDetails details(Image image, Deadline deadline) {
        return fetcher.details(image, rules.platform(), keychain.find(image.reference(), deadline), deadline);
    }

    /** What refers to {@code image}, and what of it could not be read. */
    Partial<Descriptor> referrers(Image image, Deadline deadline) {
        return artifacts.referrers(
                image.reference(), image.digest(), keychain.find(image.reference(), deadline), deadline);
    }

    /** What lies beside {@code image}, unverified. */
    SignatureSurvey.Survey survey(Image image, Deadline deadline) {
        return survey.of(image, keychain.find(image.reference(), deadline), deadline);
    }

    Verdict verify(Image image, ImagePolicy policy, Deadline deadline) {
        return verifier.verify(image, policy, keychain.find(image.reference(), deadline), deadline);
    }

    @Override
    public void close() {
        transport.close();
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            // the process is about to end, and takes along what did not close in time
            return;
        } finally {
            alongside.run();
        }
    }
}
