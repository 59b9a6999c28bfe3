package dev.landwaiter.app;

import dev.landwaiter.controller.CertificateTask;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.kubernetes.ClusterConnection;
import dev.landwaiter.report.Logs;
import dev.landwaiter.report.Metrics;
import dev.landwaiter.report.RotationMetrics;
import dev.landwaiter.report.StateMetrics;
import dev.landwaiter.server.ManagementServer;
import dev.landwaiter.server.Readiness;
import dev.landwaiter.settings.Choices;
import dev.landwaiter.settings.HostPort;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The controller as it runs: what one process does for all webhooks of a cluster. Today that is keeping the certificates of our own. */
public final class Controller implements AutoCloseable {
    private final Opened opened = new Opened();
    private HostPort managing = new HostPort("127.0.0.1", 0);

    private Controller() {}

    /** Runs until the process is told to stop, and gives its Lease back then. An error that nobody expected ends the process. */
    public static void runUntilStopped(Settings settings, Map<String, String> environment) throws InterruptedException {
        UntilStopped.run(fatal -> start(settings, environment, fatal)::close, "end");
    }

    /** Starts. Whatever was opened is closed again where something cannot start. */
    public static Controller start(Settings settings, Map<String, String> environment, FatalErrors fatal) {
        Controller controller = new Controller();
        try {
            controller.open(settings, environment, fatal);
            return controller;
        } catch (RuntimeException e) {
            controller.close();
            throw e;
        }
    }

    /** Where health and metrics are served. */
    public HostPort managing() {
        return managing;
    }

    private void open(Settings settings, Map<String, String> environment, FatalErrors fatal) {
        Logs logs = opened.add(Logs.start(
                settings.find(SettingRows.LOG_FORMAT).orElse(Choices.LogFormat.JSON),
                settings.get(SettingRows.LOG_LEVEL)));
        Metrics metrics = opened.add(new Metrics());
        SharedVertx shared = opened.add(new SharedVertx(settings));
        var _ = shared.vertx().exceptionHandler(fatal::accept);
        ClusterConnection cluster = opened.add(
                LiveSources.connect(settings, environment)
                        .orElseThrow(
                                () -> new Failure(
                                        Code.SETTING_INVALID,
                                        "Could not start the controller: there is no cluster. Run it in one, or give --kubeconfig FILE.")));
        CertificateTask certificates =
                opened.add(new CertificateTask(settings, cluster, instance(environment), Clock.systemUTC()));
        StateMetrics _ = new StateMetrics(metrics.registry()).logs(logs).cluster(cluster.watches(), cluster.contact());
        RotationMetrics.show(
                metrics.registry(),
                new RotationMetrics.Rotation(
                        certificates::leads,
                        () -> certificates.controller().problem().isPresent(),
                        certificates.controller().counts()::authorityEnds,
                        certificates.controller().counts()::certificateEnds,
                        certificates.controller().counts()::authorities,
                        certificates.controller().counts()::certificates,
                        certificates.controller().counts()::bundles));
        ManagementServer management = new ManagementServer(
                shared.vertx(),
                settings.get(SettingRows.MANAGEMENT_LISTEN),
                certificates.controller()::responsive,
                new Readiness(List.of(ReadinessChecks.rotation(certificates), apiServer(cluster))),
                metrics::text);
        opened.add(management::stop);
        managing = management.start();
    }

    private static Readiness.Check apiServer(ClusterConnection cluster) {
        return new Readiness.Check(
                "API server",
                () -> cluster.contact()
                        .problem()
                        .<Readiness.State>map(Readiness.State.Degraded::new)
                        .orElse(new Readiness.State.Ready("answers")));
    }

    /** A Pod's host name is its own; two processes on one machine differ by the rest. */
    private static String instance(Map<String, String> environment) {
        String host = environment.getOrDefault("HOSTNAME", "controller");
        return host + "_" + UUID.randomUUID();
    }

    @Override
    public void close() {
        opened.close();
    }
}
