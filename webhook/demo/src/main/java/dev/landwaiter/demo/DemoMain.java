package dev.landwaiter.demo;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Failures;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/** The demo's program: {@code ./landwaiter demo} runs it, with the arguments that come after the word {@code demo}. */
public final class DemoMain {
    private static final int WIDTH = 120;

    private DemoMain() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(new Surroundings(System.getenv(), out, err), List.of(args));
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Runs what {@code args} say; returns the exit code. */
    static int run(Surroundings surroundings, List<String> args) {
        CommandLine demo = new CommandLine(new DemoCommand(surroundings));
        demo.setOut(surroundings.out()).setErr(surroundings.err()).setUsageHelpWidth(WIDTH);
        demo.getCommandSpec().usageMessage().synopsisHeading("%nUsage: ").optionListHeading("%n");
        demo.setParameterExceptionHandler((misuse, _) -> {
            surroundings
                    .err()
                    .println("Could not understand the command: %s.%nSee './landwaiter demo --help'."
                            .formatted(misuse.getMessage()));
            return ExitCode.USAGE;
        });
        demo.setExecutionExceptionHandler((thrown, _, _) -> {
            Failure failure = Failures.of(thrown);
            surroundings.err().println(failure.message() + " (" + failure.code() + ")");
            if (failure.code() == Code.INTERNAL_ERROR) {
                thrown.printStackTrace(surroundings.err());
            }
            return ExitCode.of(failure.code());
        });
        return demo.execute(args.toArray(String[]::new));
    }
}
