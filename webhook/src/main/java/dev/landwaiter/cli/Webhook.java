package dev.landwaiter.cli;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.landwaiter.admission.AdmissionPipeline;
import dev.landwaiter.admission.AdmissionService;
import dev.landwaiter.admission.Keychains;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.FileCertificateSource;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.credential.PullSecretKeychain;
import dev.landwaiter.credential.RememberingPullSecrets;
import dev.landwaiter.credential.SettingsCredentials;
import dev.landwaiter.credential.SettingsCredentialsFile;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.kubernetes.ClusterNamespaces;
import dev.landwaiter.kubernetes.ClusterPolicies;
import dev.landwaiter.kubernetes.ClusterPullSecrets;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.Namespaces;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySource;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.report.DecisionLog;
import dev.landwaiter.report.DecisionMetrics;
import dev.landwaiter.report.Logs;
import dev.landwaiter.report.Metrics;
import dev.landwaiter.report.RegistryMetrics;
import dev.landwaiter.report.StateMetrics;
import dev.landwaiter.report.TrustRootMetrics;
import dev.landwaiter.server.Listener;
import dev.landwaiter.server.ManagementServer;
import dev.landwaiter.server.Patience;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.server.ServerOptions;
import dev.landwaiter.server.WebhookServer;
import dev.landwaiter.settings.Choices;
import dev.landwaiter.settings.HostPort;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.tuf.RefreshedTrustRoot;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The webhook as it runs: everything wired, started in order, and closed in the opposite one. */
final class Webhook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);

    private final FatalErrors fatal;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private HostPort listening = new HostPort("127.0.0.1", 0);
    private HostPort managing = new HostPort("127.0.0.1", 0);

    private Webhook(FatalErrors fatal) {
        this.fatal = fatal;
    }

    /** Starts with the certificate that the settings name. */
    static Webhook start(Settings settings, Surroundings surroundings, FatalErrors fatal) {
        Path certificate = required(settings.find(SettingRows.TLS_CERT), "--tls-cert");
        Path key = required(settings.find(SettingRows.TLS_KEY), "--tls-key");
        return start(settings, surroundings, new FileCertificateSource(certificate, key, Clock.systemUTC()), fatal);
    }

    private static Path required(Optional<Path> file, String flag) {
        return file.orElseThrow(() -> new Failure(
                Code.SETTING_INVALID,
                "Could not start the webhook: %s is missing. Give --tls-cert FILE and --tls-key FILE (the API server speaks only HTTPS), or try 'landwaiter demo'."
                        .formatted(flag)));
    }

    /**
     * Starts, and serves {@code certificates}. Whatever was opened is closed again where something cannot start.
     *
     * @param fatal told of whatever is thrown that nobody expected
     */
    static Webhook start(
            Settings settings, Surroundings surroundings, CertificateSource certificates, FatalErrors fatal) {
        Webhook webhook = new Webhook(fatal);
        try {
            webhook.open(settings, surroundings.environment(), certificates);
            return webhook;
        } catch (RuntimeException e) {
            webhook.close();
            throw e;
        }
    }

    /** Where HTTPS is served. */
    HostPort listening() {
        return listening;
    }

    /** Where health and metrics are served. */
    HostPort managing() {
        return managing;
    }

    private void open(Settings settings, Map<String, String> environment, CertificateSource certificates) {
        Logs logs = closing(Logs.start(
                settings.find(SettingRows.LOG_FORMAT).orElse(Choices.LogFormat.JSON),
                settings.get(SettingRows.LOG_LEVEL)));
        Metrics metrics = closing(new Metrics());
        Limits limits = settings.get(SettingRows.LIMIT);
        Optional<RefreshedTrustRoot> refreshed = TrustRootWatch.open(settings, Clock.systemUTC());
        Rules rules = rules(
                settings,
                environment,
                refreshed.<Supplier<TrustedRoot>>map(root -> root).orElse(TrustedRoot::publicGood));
        RegistryMetrics registryMetrics = new RegistryMetrics(metrics.registry());
        TierCounts tier = new TierCounts();
        Engine engine = closing(Engine.of(
                settings,
                environment,
                new Engine.Surface(
                        rules.policies(),
                        rules.namespaces(),
                        rules.keychains(),
                        new RegistryCounts(registryMetrics),
                        tier)));
        var _ = engine.vertx().exceptionHandler(fatal::accept);
        var _ = new StateMetrics(metrics.registry())
                .policies(rules.policies(), rules::degraded)
                .policiesBeyondLimits(rules.beyondLimits())
                .exceptions(rules.policies(), Clock.systemUTC())
                .trustRoots(rules.trustRoots())
                .certificate(certificates)
                .tier("memory", tier.hits(), tier.misses())
                .logs(logs);
        DecisionMetrics counts = new DecisionMetrics(metrics.registry());
        AdmissionListener callers = new AdmissionListener(settings);
        Listener admission = callers.listener(
                settings,
                admission(engine.pipeline(), limits, new DecisionLog(limits), counts),
                admission(engine.pipelineWithoutCredentials(), limits, DecisionLog.ofAnybody(limits), counts));
        rules.checks().addAll(0, callers.checks());
        refreshed.ifPresentOrElse(
                root -> refresh(root, settings, engine, metrics, rules),
                () -> LOG.info(
                        "Trust root of policies that name none: the one shipped, of {}; it is not refreshed",
                        TrustedRoot.PUBLIC_GOOD_SINCE));
        serve(settings, engine, admission, certificates, metrics, rules);
    }

    private static AdmissionService admission(
            AdmissionPipeline pipeline, Limits limits, DecisionLog log, DecisionMetrics counts) {
        return new AdmissionService(pipeline, limits, List.of(log, counts), System::nanoTime);
    }

    private void refresh(RefreshedTrustRoot root, Settings settings, Engine engine, Metrics metrics, Rules rules) {
        var _ = closing(new TrustRootWatch(
                root,
                engine.transport(),
                settings.get(SettingRows.TRUST_ROOT_REFRESH),
                new TrustRootMetrics(metrics.registry(), root::refreshed),
                rules.readAgain()));
        rules.checks().add(TrustRootWatch.check(root));
    }

    private void serve(
            Settings settings,
            Engine engine,
            Listener admission,
            CertificateSource certificates,
            Metrics metrics,
            Rules rules) {
        WebhookServer server = new WebhookServer(
                engine.vertx(),
                engine.gate(),
                serverOptions(settings),
                List.of(admission),
                certificates,
                metrics.registry());
        List<Readiness.Check> checks = new ArrayList<>();
        checks.add(Readiness.Check.notDraining(server));
        checks.add(Readiness.Check.certificate(certificates));
        checks.addAll(rules.checks());
        ManagementServer management = new ManagementServer(
                engine.vertx(),
                settings.get(SettingRows.MANAGEMENT_LISTEN),
                server::responsive,
                new Readiness(checks),
                metrics::text);
        opened.push(management::stop);
        opened.push(server::stop);
        // readiness is asked of a server that listens, and goes on being asked while it drains
        listening = server.start().getFirst();
        managing = management.start();
    }

    private ServerOptions serverOptions(Settings settings) {
        return new ServerOptions(
                Engine.eventLoops(settings),
                settings.get(SettingRows.DEADLINE_MARGIN),
                settings.get(SettingRows.DRAIN_DELAY),
                settings.get(SettingRows.DRAIN),
                Patience.USUAL,
                fatal);
    }

    /**
     * Where policies, namespaces and credentials come from.
     *
     * @param folder of policies, if there is one
     * @param keychains of a cluster's Pods; empty without one
     * @param beyondLimits how many ImagePolicies exceed their namespaces' limits
     * @param trustRoots of a cluster; a broken one of a folder never comes into force
     * @param readAgain has all policies read again, because the trust root of whoever names none is another one
     */
    private record Rules(
            PolicySource policies,
            Namespaces namespaces,
            Optional<PolicyFolder> folder,
            Optional<Keychains> keychains,
            Supplier<List<TrustRoot>> trustRoots,
            IntSupplier beyondLimits,
            Runnable readAgain,
            List<Readiness.Check> checks) {
        boolean degraded() {
            return folder.flatMap(PolicyFolder::problem).isPresent();
        }
    }

    private Rules rules(Settings settings, Map<String, String> environment, Supplier<TrustedRoot> publicGood) {
        Optional<PolicyFolder> folder = Engine.policyFolder(settings, Materials.withPublicGood(publicGood));
        Runnable folderAgain = () -> folder.ifPresent(PolicyFolder::readAgain);
        List<Readiness.Check> checks = new ArrayList<>();
        folder.ifPresent(policies -> {
            var _ = closing(new FolderWatch(policies));
            checks.add(new Readiness.Check(
                    "policy folder",
                    () -> policies.problem()
                            .<Readiness.State>map(problem -> new Readiness.State.Degraded(problem.message()))
                            .orElse(new Readiness.State.Ready(
                                    policies.current().policies().size() + " policies"))));
        });
        Optional<ClusterConnection> cluster = cluster(settings, environment).map(this::closing);
        if (cluster.isEmpty()) {
            PolicySource policies = folder.<PolicySource>map(source -> source).orElse(() -> PolicySet.EMPTY);
            Namespaces namespaces =
                    folder.<Namespaces>map(source -> source).orElse((name, deadline) -> Optional.empty());
            return new Rules(policies, namespaces, folder, Optional.empty(), List::of, () -> 0, folderAgain, checks);
        }
        ClusterPolicies policies = closing(new ClusterPolicies(
                cluster.get(),
                settings.get(SettingRows.OWN_NAMESPACE),
                publicGood,
                settings.get(SettingRows.LIMIT),
                Clock.systemUTC()));
        ClusterNamespaces namespaces = closing(new ClusterNamespaces(cluster.get()));
        checks.add(informer("policies", policies::synced));
        checks.add(informer("namespaces", namespaces::synced));
        checks.add(new Readiness.Check("trust roots", () -> trustRoots(policies.trustRoots())));
        PolicySource both = folder.<PolicySource>map(files -> new JoinedPolicies(policies, files))
                .orElse(policies);
        return new Rules(
                both,
                namespaces,
                folder,
                Optional.of(keychains(settings, cluster.get(), settings.get(SettingRows.LIMIT))),
                policies::trustRoots,
                policies::beyondLimits,
                () -> {
                    folderAgain.run();
                    policies.readAgain();
                },
                checks);
    }

    /** A broken one leaves those policies broken that name it, and no others. */
    private static Readiness.State trustRoots(List<TrustRoot> roots) {
        List<String> broken = roots.stream()
                .filter(TrustRoot::broken)
                .map(root -> "%s is broken: %s".formatted(root.title(), root.problem()))
                .sorted()
                .toList();
        return broken.isEmpty()
                ? new Readiness.State.Ready(roots.size() + " of the cluster, and the public good instance's")
                : new Readiness.State.Degraded(String.join("; ", broken));
    }

    private static Readiness.Check informer(String name, java.util.function.BooleanSupplier synced) {
        return new Readiness.Check(
                name,
                () -> synced.getAsBoolean()
                        ? new Readiness.State.Ready("listed and watched")
                        : new Readiness.State.NotReady("not yet listed from the API server"));
    }

    private static Optional<ClusterConnection> cluster(Settings settings, Map<String, String> environment) {
        Limits limits = settings.get(SettingRows.LIMIT);
        return switch (settings.get(SettingRows.CLUSTER)) {
            case OFF -> Optional.empty();
            case AUTO ->
                settings.find(SettingRows.KUBECONFIG)
                        .map(file -> ClusterConnection.of(file, limits))
                        .or(() -> ClusterConnection.inCluster(environment, limits));
        };
    }

    private static Keychains keychains(Settings settings, ClusterConnection cluster, Limits limits) {
        RememberingPullSecrets secrets =
                new RememberingPullSecrets(new ClusterPullSecrets(cluster), limits, Ticker.systemTicker());
        SettingsCredentials own = settings.find(SettingRows.REGISTRY_CREDENTIALS)
                .map(file -> SettingsCredentialsFile.read(file, limits))
                .orElse(SettingsCredentials.NONE);
        return (namespace, pullSecrets, serviceAccount) -> {
            Keychain ofPod = new PullSecretKeychain(secrets, limits, namespace, pullSecrets, serviceAccount);
            return ofPod.or(own.of(namespace));
        };
    }

    private <T extends AutoCloseable> T closing(T opening) {
        opened.push(opening);
        return opening;
    }

    /** Stops to take requests, lets those under way finish, then lets go of everything. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                // one that does not close must not keep the others from it
                LOG.warn("Could not close: {}", e.toString());
            }
        }
    }
}
