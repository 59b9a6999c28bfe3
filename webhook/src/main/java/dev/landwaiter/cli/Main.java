package dev.landwaiter.cli;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Failures;
import dev.landwaiter.app.RunMode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.settings.Settings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The program: what it runs as is decided before anything else is built. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = run(new Surroundings(System.getenv(), out, err), List.of(args));
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Runs what {@code arguments} say; returns the exit code. */
    static int run(Surroundings surroundings, List<String> arguments) {
        return switch (RunMode.of(arguments, surroundings.environment(), ProgramMode.words())) {
            case RunMode.Known(String mode, List<String> rest) -> run(ProgramMode.of(mode), rest, surroundings);
            case RunMode.General(List<String> words) ->
                CommandLines.ofAll(surroundings).execute(words);
            case RunMode.Unknown(String message) -> {
                surroundings.err().println(message);
                yield ExitCode.USAGE;
            }
        };
    }

    private static int run(ProgramMode mode, List<String> arguments, Surroundings surroundings) {
        if (mode.service().isPresent()) {
            ProgramMode.Service service = mode.service().get();
            Optional<Map<String, List<String>>> flags = PlainFlags.read(arguments, service.groups());
            if (flags.isPresent()) {
                return serve(service.task(), flags.get(), surroundings);
            }
        }
        return CommandLines.of(mode, surroundings).execute(mode, arguments);
    }

    private static int serve(ProgramMode.Task task, Map<String, List<String>> flags, Surroundings surroundings) {
        try {
            task.runUntilStopped(Settings.resolve(flags, surroundings.environment()), surroundings.environment());
            return ExitCode.FINE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(e, surroundings.err());
        } catch (RuntimeException e) {
            return failed(e, surroundings.err());
        }
    }

    /** Tells {@code thrown}; the exit code of a run that ended by it. */
    static int failed(Exception thrown, PrintWriter err) {
        Failure failure = Failures.of(thrown);
        err.println(failure.message() + " (" + failure.code() + ")");
        if (failure.code() == Code.INTERNAL_ERROR) {
            thrown.printStackTrace(err);
        }
        return ExitCode.of(failure.code());
    }
}
