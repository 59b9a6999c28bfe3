package dev.landwaiter.cli;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.app.Webhook;
import java.util.concurrent.Callable;
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
        Webhook.serveUntilStopped(SettingOptions.read(spec, surroundings.environment()), surroundings.environment());
        return ExitCode.FINE;
    }
}
