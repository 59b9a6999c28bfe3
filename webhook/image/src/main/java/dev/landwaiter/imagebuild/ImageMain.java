package dev.landwaiter.imagebuild;

import dev.landwaiter.app.ExitCode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** {@code ./landwaiter image}, with the arguments that come after the word {@code image}. */
public final class ImageMain {
    private static final int WIDTH = 120;

    private ImageMain() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(args, out, err);
        out.flush();
        err.flush();
        System.exit(code);
    }

    static int run(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine image = new CommandLine(new ImageCommand(out));
        CommandLine _ = image.setOut(out).setErr(err).setUsageHelpWidth(WIDTH);
        var _ = image.getCommandSpec()
                .usageMessage()
                .synopsisHeading("%nUsage: ")
                .optionListHeading("%n");
        CommandLine _ = image.setParameterExceptionHandler((misuse, _) -> {
            err.printf(
                    "Could not understand the command: %s.%nSee './landwaiter image --help'.%n", misuse.getMessage());
            return ExitCode.USAGE;
        });
        CommandLine _ = image.setExecutionExceptionHandler((thrown, _, _) -> {
            if (thrown instanceof BuildFailure failure) {
                err.println(failure.getMessage());
            } else {
                thrown.printStackTrace(err);
            }
            return 1;
        });
        return image.execute(args);
    }
}
