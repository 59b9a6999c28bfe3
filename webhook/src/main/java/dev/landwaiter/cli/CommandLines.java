package dev.landwaiter.cli;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.app.ExitCode;
import dev.landwaiter.app.Failures;
import dev.landwaiter.app.RunMode;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.settings.Setting;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, put together: their settings become options, their failures messages and exit codes. */
final class CommandLines {
    private static final int USUAL_WIDTH = 120;
    /** What help can be laid out in: picocli needs 55. */
    private static final Pattern COLUMNS = Pattern.compile("[6-9][0-9]|[1-9][0-9]{2}");

    private final CommandLine root;
    private final Map<String, String> environment;

    CommandLines(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        Surroundings surroundings = new Surroundings(environment, out, err);
        this.environment = surroundings.environment();
        this.root = new CommandLine(new Root());
        add("webhook", new WebhookCommand(surroundings), SettingOptions.allGroups());
        SettingOptions.addCluster(
                add(root, "plan", new PlanCommand(surroundings), offline()).getCommandSpec());
        SettingOptions.addCluster(
                add(root, "verify", new VerifyCommand(surroundings), offline()).getCommandSpec());
        add("resolve", new ResolveCommand(surroundings), offline());
        add("inspect", new InspectCommand(surroundings), offline());
        CommandLine policy = add(root, "policy", new PolicyCommand(), List.of());
        add(policy, "lint", new PolicyLintCommand(surroundings), List.of());
        SettingOptions.addCluster(add(policy, "test", new PolicyTestCommand(surroundings), offline())
                .getCommandSpec());
        add(policy, "import", new PolicyImportCommand(surroundings), List.of());
        root.addSubcommand(new CommandLine.HelpCommand());
        spaceOut(root);
        root.setOut(out).setErr(err);
        setWidth(surroundings.environment().getOrDefault("COLUMNS", ""));
        root.setParameterExceptionHandler(CommandLines::misused);
        root.setExecutionExceptionHandler(CommandLines::failed);
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

    /** The verbs that ask registries but no cluster, and end too soon to refresh anything. */
    private static List<Setting.Group> offline() {
        return Arrays.stream(Setting.Group.values())
                .filter(group -> group != Setting.Group.SERVER
                        && group != Setting.Group.CALLERS
                        && group != Setting.Group.CLUSTER
                        && group != Setting.Group.TRUST)
                .toList();
    }

    private void add(String name, Object command, List<Setting.Group> groups) {
        add(root, name, command, groups);
    }

    @CanIgnoreReturnValue
    private static CommandLine add(CommandLine parent, String name, Object command, List<Setting.Group> groups) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().mixinStandardHelpOptions(true);
        SettingOptions.add(line.getCommandSpec(), groups);
        CommandLine _ = parent.addSubcommand(name, line);
        return line;
    }

    /** Runs what {@code args} say; returns the exit code. */
    int run(String... args) {
        return switch (RunMode.of(List.of(args), environment, modes())) {
            case RunMode.Known(List<String> words) -> root.execute(words.toArray(String[]::new));
            case RunMode.Unsaid() -> {
                root.usage(root.getOut());
                yield ExitCode.USAGE;
            }
            case RunMode.Unknown(String message) -> {
                root.getErr().println(message);
                yield ExitCode.USAGE;
            }
        };
    }

    private List<String> modes() {
        return root.getSubcommands().keySet().stream()
                .filter(name -> !name.equals("help"))
                .toList();
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

    private static int failed(Exception thrown, CommandLine line, CommandLine.ParseResult result) {
        Failure failure = Failures.of(thrown);
        line.getErr().println(failure.message() + " (" + failure.code() + ")");
        if (failure.code() == Code.INTERNAL_ERROR) {
            thrown.printStackTrace(line.getErr());
        }
        return ExitCode.of(failure.code());
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
