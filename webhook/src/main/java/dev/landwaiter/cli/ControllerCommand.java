package dev.landwaiter.cli;

import dev.landwaiter.app.Controller;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code controller}: keeps the cluster's certificates until it is told to stop. */
@Command(
        name = "controller",
        customSynopsis = {
            "landwaiter controller --webhook-configuration NAME --tls-secret NAME --authority-secret NAME",
            "                             --service NAME --lease NAME [SETTINGS]"
        },
        sortOptions = false,
        header = "Issues the webhook's certificates and keeps the API server's trust in them, until SIGTERM.",
        description = {
            "",
            "It writes two Secrets and the caBundle of the two webhook configurations. Where several run, one of them acts: the one that holds the Lease.",
            "It is for clusters without cert-manager; docs/certificates.md says what it does when, and which rights it needs."
        })
final class ControllerCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    ControllerCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Controller.runUntilStopped(SettingOptions.read(spec, surroundings.environment()), surroundings.environment());
        return ExitCode.FINE;
    }
}
