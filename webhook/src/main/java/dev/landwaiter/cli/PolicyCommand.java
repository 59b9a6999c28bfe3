package dev.landwaiter.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code policy}: what helps to write policies. */
@Command(
        name = "policy",
        sortOptions = false,
        header =
                "Helps to write policies: finds mistakes, brings those of sigstore's policy-controller, tries them on images.",
        synopsisSubcommandLabel = "COMMAND")
final class PolicyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
