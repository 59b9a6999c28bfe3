package dev.landwaiter.demo;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.FatalErrors;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.app.Webhook;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.settings.HostPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./landwaiter demo}: the main job, shown on a registry in this process. */
@Command(
        name = "demo",
        customSynopsis = "./landwaiter demo [--once] [--port PORT] [--log-format json|text] [--log-level LEVEL]",
        sortOptions = false,
        header = "Shows the main job without docker, cluster or root, then stays up for requests of your own.",
        description = {
            "",
            "Starts an OCI registry in this process with a few small images (signed in both forms of cosign, by keys and by identities "
                    + "that a Sigstore in this process vouches for, unsigned, signed by strangers, private) and the webhook on its HTTPS port, sends it real AdmissionReviews, and shows for each "
                    + "what went in, what came out, why, and how long it took."
        })
final class DemoCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(names = "--once", description = "end by itself: exit 0 only if every outcome was the expected one")
    private boolean once;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "where the webhook listens on 127.0.0.1; 0 for any free port (default: ${DEFAULT-VALUE})")
    private int port = 8443;

    @Option(
            names = "--log-format",
            paramLabel = "json|text",
            description = "how the webhook's log lines look, on stderr (default: ${DEFAULT-VALUE})")
    private String logFormat = "text";

    @Option(
            names = "--log-level",
            paramLabel = "error|warn|info|debug",
            description = "the least that it logs (default: ${DEFAULT-VALUE})")
    private String logLevel = "warn";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help and exit")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = surroundings.out();
        try (DemoWorld world = DemoWorld.start();
                Webhook webhook = Webhook.start(
                        world.settings(new HostPort("127.0.0.1", once ? 0 : port), logFormat, logLevel),
                        surroundings.environment(),
                        world.certificate(),
                        FatalErrors.logged())) {
            DemoRun run = new DemoRun(world, webhook.listening(), out, surroundings.colour());
            boolean expected = run.all();
            if (!expected) {
                throw new Failure(
                        Code.INTERNAL_ERROR,
                        "Could not show what should be shown: an outcome was not the expected one. Please report it.");
            }
            if (!once) {
                run.invite();
                untilInterrupted();
            }
            return ExitCode.FINE;
        }
    }

    /** Ctrl-C ends the process; nothing of the demo outlives it but what a hook cleans up. */
    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void untilInterrupted() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
