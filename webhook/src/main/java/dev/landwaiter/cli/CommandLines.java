package dev.landwaiter.cli;

import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.settings.Setting;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Commands as picocli has them: their settings become options, their failures messages and exit codes. */
final class CommandLines {
    private static final int USUAL_WIDTH = 120;
    /** What help can be laid out in: picocli needs 55. */
    private static final Pattern COLUMNS = Pattern.compile("[6-9][0-9]|[1-9][0-9]{2}");

    private final CommandLine root;

    private CommandLines(Surroundings surroundings, List<ProgramMode> modes) {
        this.root = new CommandLine(new Root());
        for (ProgramMode mode : modes) {
            root.addSubcommand(mode.word(), mode.command().apply(surroundings));
        }
        root.addSubcommand(new CommandLine.HelpCommand());
        spaceOut(root);
        root.setOut(surroundings.out()).setErr(surroundings.err());
        setWidth(surroundings.environment().getOrDefault("COLUMNS", ""));
        root.setParameterExceptionHandler(CommandLines::misused);
        root.setExecutionExceptionHandler((thrown, line, _) -> Main.failed(thrown, line.getErr()));
    }

    /** With every command: for help, and for whoever mistypes one. */
    static CommandLines ofAll(Surroundings surroundings) {
        return new CommandLines(surroundings, ProgramMode.ALL);
    }

    /** With one command, so that the others cost nothing. */
    static CommandLines of(ProgramMode mode, Surroundings surroundings) {
        return new CommandLines(surroundings, List.of(mode));
    }

    /** Runs what {@code words} say; returns the exit code. */
    int execute(List<String> words) {
        return root.execute(words.toArray(String[]::new));
    }

    int execute(ProgramMode mode, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(mode.word()));
        words.addAll(arguments);
        return execute(words);
    }

    static CommandLine command(Object command, List<Setting.Group> groups) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().mixinStandardHelpOptions(true);
        SettingOptions.add(line.getCommandSpec(), groups);
        return line;
    }

    /** A command that asks registries but no cluster. */
    static CommandLine offlineCommand(Object command) {
        return command(command, SettingGroups.offlineGroups());
    }

    /** A command that asks registries, and may look at a cluster. */
    static CommandLine clusterCommand(Object command) {
        CommandLine line = offlineCommand(command);
        SettingOptions.addCluster(
                line.getCommandSpec(),
                "a cluster whose policies, exceptions, trust roots and namespaces count; they are read with your rights, and nothing is written",
                "of that cluster's webhook, whose Secrets and ConfigMaps its policies may name");
        return line;
    }

    static CommandLine policyCommand(Surroundings surroundings) {
        return command(new PolicyCommand(), List.of())
                .addSubcommand("lint", command(new PolicyLintCommand(surroundings), List.of()))
                .addSubcommand("test", clusterCommand(new PolicyTestCommand(surroundings)))
                .addSubcommand("import", command(new PolicyImportCommand(surroundings), List.of()));
    }

    static CommandLine doctorCommand(Surroundings surroundings) {
        CommandLine line = command(new DoctorCommand(surroundings), List.of());
        SettingOptions.addCluster(
                line.getCommandSpec(),
                "the cluster to look at (default: the one that this runs in, if any)",
                "of the webhook, where the webhook configurations do not say it");
        return line;
    }

    private static void spaceOut(CommandLine line) {
        line.getCommandSpec()
                .usageMessage()
                .synopsisHeading("%nUsage: ")
                .parameterListHeading("%n")
                .optionListHeading(line.getCommandSpec().positionalParameters().isEmpty() ? "%n" : "")
                .commandListHeading("%nCommands:%n");
        line.getSubcommands().values().forEach(CommandLines::spaceOut);
    }

    /** Help is as wide as {@code columns} say, else as the terminal, else as most are. */
    private void setWidth(String columns) {
        boolean given = COLUMNS.matcher(columns).matches();
        root.setUsageHelpWidth(given ? Integer.parseInt(columns) : USUAL_WIDTH);
        root.setUsageHelpAutoWidth(!given);
    }

    private static int misused(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("Could not understand the command: %s.".formatted(words(e)));
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            err.println("Did you mean: %s?".formatted(String.join(", ", unmatched.getSuggestions())));
        }
        if (!line.getSubcommands().isEmpty()) {
            err.println("Commands: " + String.join(", ", line.getSubcommands().keySet()) + ".");
        }
        err.println("See '%s --help'.".formatted(line.getCommandSpec().qualifiedName()));
        return ExitCode.USAGE;
    }

    private static String words(ParameterException e) {
        return e instanceof UnmatchedArgumentException unmatched
                ? "there is no '%s'".formatted(unmatched.getUnmatched().getFirst())
                : String.valueOf(e.getMessage());
    }

    @Command(
            name = "landwaiter",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            sortOptions = false,
            header =
                    "Looks at what container images bring into a cluster: resolves, verifies, pins and records them at admission.",
            synopsisSubcommandLabel = "COMMAND",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                " 0:all is well",
                " 1:an image or an object is refused, or a linter found a mistake",
                " 2:could not check: a registry or the cluster did not answer",
                "64:the arguments, a setting or a file is not as it should be",
                "70:a bug; please report it"
            },
            footer = {
                "",
                "In a clone, start with './landwaiter demo'. Every setting is a flag and a variable LANDWAITER_…: docs/settings.md."
            })
    static final class Root implements Runnable {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before the command runs
        private CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
