package dev.landwaiter.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code webhook}: serves until it is told to stop. */
@Command(
        name = "webhook",
        customSynopsis = "landwaiter webhook --tls-cert FILE --tls-key FILE [--policies FOLDER] [SETTINGS]",
        sortOptions = false,
        header = "Serves admission requests over HTTPS until SIGTERM, which lets those under way finish.",
        description = {
            "",
            "With a cluster (--kubeconfig, or inside one) policies are its ClusterImagePolicies; without one --policies FOLDER and "
                    + "the docker configuration serve raw AdmissionReviews just as well.",
            "For instance: landwaiter webhook --tls-cert tls.crt --tls-key tls.key --policies policies/"
        })
final class WebhookCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    WebhookCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        FatalErrors fatal = FatalErrors.haltingTheProcess();
        fatal.watchAllThreads();
        Webhook webhook = Webhook.start(SettingOptions.read(spec, surroundings.environment()), surroundings, fatal);
        CountDownLatch stop = new CountDownLatch(1);
        Thread drain = Thread.ofPlatform().name("drain").unstarted(() -> {
            webhook.close();
            stop.countDown();
        });
        Runtime.getRuntime().addShutdownHook(drain);
        stop.await();
        return ExitCode.FINE;
    }
}
