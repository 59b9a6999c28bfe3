package dev.landwaiter.app;

import dev.landwaiter.admission.AdmissionPipeline;
import dev.landwaiter.admission.AdmissionService;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.ContentWatch;
import dev.landwaiter.limit.Limits;
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
import dev.landwaiter.settings.RegistryFile;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.tuf.RefreshedTrustRoot;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The webhook as it runs: everything wired, started in order, and closed in the opposite one. */
public final class Webhook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);

    private final FatalErrors fatal;
    private final Opened opened = new Opened();
    private HostPort listening = new HostPort("127.0.0.1", 0);
    private HostPort managing = new HostPort("127.0.0.1", 0);

    private Webhook(FatalErrors fatal) {
        this.fatal = fatal;
    }

    /** Serves with the certificate that the settings name until the process is told to stop. An error that nobody expected ends the process. */
    public static void serveUntilStopped(Settings settings, Map<String, String> environment)
            throws InterruptedException {
        UntilStopped.run(
                fatal -> start(settings, environment, ServedCertificates.origin(settings), fatal)::close, "drain");
    }

    /**
     * Starts, and serves {@code certificates}. Whatever was opened is closed again where something cannot start.
     *
     * @param fatal told of whatever is thrown that nobody expected
     */
    public static Webhook start(
            Settings settings, Map<String, String> environment, CertificateSource certificates, FatalErrors fatal) {
        return start(settings, environment, (_, _) -> certificates, fatal);
    }

    private static Webhook start(
            Settings settings, Map<String, String> environment, ServedCertificates.Origin origin, FatalErrors fatal) {
        Webhook webhook = new Webhook(fatal);
        try {
            webhook.open(settings, environment, origin);
            return webhook;
        } catch (RuntimeException e) {
            webhook.close();
            throw e;
        }
    }

    /** Where HTTPS is served. */
    public HostPort listening() {
        return listening;
    }

    /** Where health and metrics are served. */
    public HostPort managing() {
        return managing;
    }

    private void open(Settings settings, Map<String, String> environment, ServedCertificates.Origin origin) {
        Logs logs = opened.add(Logs.start(
                settings.find(SettingRows.LOG_FORMAT).orElse(Choices.LogFormat.JSON),
                settings.get(SettingRows.LOG_LEVEL)));
        Metrics metrics = opened.add(new Metrics());
        Optional<RefreshedTrustRoot> refreshed = TrustRootWatch.open(settings, Clock.systemUTC());
        LiveSources sources = new LiveSources(
                settings,
                environment,
                refreshed.<Supplier<TrustedRoot>>map(root -> root).orElse(TrustedRoot::publicGood),
                opened);
        RegistryOptions options = RegistryOptions.read(settings, environment);
        SharedVertx shared = opened.add(new SharedVertx(settings));
        var _ = shared.vertx().exceptionHandler(fatal::accept);
        TierCounts tier = new TierCounts();
        RegistryStack stack = opened.add(new RegistryStack(
                settings,
                options,
                shared,
                EvidenceTape.none(),
                new RegistryStack.Listeners(new RegistryCounts(new RegistryMetrics(metrics.registry())), tier)));
        ServedCertificates certificates = ServedCertificates.open(settings, origin, sources.cluster(), opened);
        showState(metrics, sources, certificates.source(), tier, logs);
        AdmissionListener reviews = new AdmissionListener(settings);
        List<Readiness.Check> checks = new ArrayList<>(reviews.checks());
        certificates.check().ifPresent(checks::add);
        checks.addAll(sources.checks());
        watchAuthorities(settings, options, stack).ifPresent(checks::add);
        refreshed.ifPresentOrElse(
                root -> checks.add(refresh(root, settings, stack, metrics, sources)),
                () -> LOG.info(
                        "Policies without a trust root use the one shipped, of {}; it is not refreshed",
                        TrustedRoot.PUBLIC_GOOD_SINCE));
        Listener listener = listener(reviews, settings, new Decisions(settings, sources.sources(), stack), metrics);
        serve(settings, shared, listener, certificates.source(), metrics, checks);
    }

    private static void showState(
            Metrics metrics, LiveSources sources, CertificateSource certificates, TierCounts tier, Logs logs) {
        StateMetrics states = new StateMetrics(metrics.registry())
                .policies(sources.sources().policies(), sources::degraded)
                .policiesBeyondLimits(sources::beyondLimits)
                .exceptions(sources.sources().policies(), Clock.systemUTC())
                .trustRoots(sources::trustRoots)
                .certificate(certificates)
                .tier("memory", tier.hits(), tier.misses())
                .unconfirmedTags(tier.unconfirmedTags())
                .logs(logs);
        sources.cluster().ifPresent(cluster -> states.cluster(cluster.watches(), cluster.contact()));
    }

    private static Listener listener(
            AdmissionListener reviews, Settings settings, Decisions decisions, Metrics metrics) {
        Limits limits = settings.get(SettingRows.LIMIT);
        DecisionMetrics counts = new DecisionMetrics(metrics.registry());
        return reviews.listener(
                settings,
                admission(decisions.pipeline(), limits, new DecisionLog(limits), counts),
                admission(decisions.pipelineWithoutCredentials(), limits, DecisionLog.ofAnybody(limits), counts));
    }

    private static AdmissionService admission(
            AdmissionPipeline pipeline, Limits limits, DecisionLog log, DecisionMetrics counts) {
        return new AdmissionService(pipeline, limits, List.of(log, counts), System::nanoTime);
    }

    private Optional<Readiness.Check> watchAuthorities(
            Settings settings, RegistryOptions options, RegistryStack stack) {
        List<RegistryFile> files = settings.get(SettingRows.REGISTRY_CA);
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(ReadinessChecks.registryAuthorities(opened.add(new RegistryAuthorities(
                        files, options.transport().authorities(), stack::trust, ContentWatch.EVERY))));
    }

    private Readiness.Check refresh(
            RefreshedTrustRoot root, Settings settings, RegistryStack stack, Metrics metrics, LiveSources sources) {
        opened.add(new TrustRootWatch(
                root,
                stack.transport(),
                settings.get(SettingRows.TRUST_ROOT_REFRESH),
                new TrustRootMetrics(metrics.registry(), root::refreshed),
                sources::readAgain));
        return ReadinessChecks.trustRootRefresh(root);
    }

    private void serve(
            Settings settings,
            SharedVertx shared,
            Listener reviews,
            CertificateSource certificates,
            Metrics metrics,
            List<Readiness.Check> checks) {
        WebhookServer server = new WebhookServer(
                shared.vertx(),
                shared.gate(),
                serverOptions(settings),
                List.of(reviews),
                certificates,
                metrics.registry());
        checks.addFirst(Readiness.Check.certificate(certificates));
        checks.addFirst(Readiness.Check.notDraining(server));
        ManagementServer management = new ManagementServer(
                shared.vertx(),
                settings.get(SettingRows.MANAGEMENT_LISTEN),
                server::responsive,
                new Readiness(checks),
                metrics::text);
        opened.add(management::stop);
        opened.add(server::stop);
        // readiness is asked of a server that listens, and goes on being asked while it drains
        listening = server.start().getFirst();
        managing = management.start();
    }

    private ServerOptions serverOptions(Settings settings) {
        return new ServerOptions(
                SharedVertx.eventLoops(settings),
                settings.get(SettingRows.DEADLINE_MARGIN),
                settings.get(SettingRows.DRAIN_DELAY),
                settings.get(SettingRows.DRAIN),
                Patience.USUAL,
                fatal);
    }

    /** Stops to take requests, lets those under way finish, then lets go of everything. */
    @Override
    public void close() {
        opened.close();
    }
}
