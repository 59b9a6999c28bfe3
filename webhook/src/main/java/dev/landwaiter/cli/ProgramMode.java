package dev.landwaiter.cli;

import dev.landwaiter.app.Controller;
import dev.landwaiter.app.Surroundings;
import dev.landwaiter.app.Webhook;
import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * One thing that the program runs as.
 *
 * @param word how it is asked for: first on the command line, or as the value of {@code LANDWAITER_MODE}
 * @param command how picocli reads its arguments; of a service, only help and mistakes need it
 * @param service what it does where it runs until it is stopped; empty for the commands of people
 */
record ProgramMode(String word, Function<Surroundings, CommandLine> command, Optional<Service> service) {
    /**
     * Everything that the program runs as, in the order of the help. A new mode is one more row; a service also has an option file,
     * {@code webhook/src/main/options/WORD.options}, with which the JVM runs it.
     */
    static final List<ProgramMode> ALL = List.of(
            service("webhook", WebhookCommand::new, SettingGroups.webhookGroups(), Webhook::serveUntilStopped),
            service(
                    "controller",
                    ControllerCommand::new,
                    SettingGroups.controllerGroups(),
                    Controller::runUntilStopped),
            verb("plan", around -> CommandLines.clusterCommand(new PlanCommand(around))),
            verb("verify", around -> CommandLines.clusterCommand(new VerifyCommand(around))),
            verb("resolve", around -> CommandLines.offlineCommand(new ResolveCommand(around))),
            verb("inspect", around -> CommandLines.offlineCommand(new InspectCommand(around))),
            verb("policy", CommandLines::policyCommand),
            verb("doctor", CommandLines::doctorCommand));

    private static ProgramMode service(
            String word, Function<Surroundings, Object> command, List<Setting.Group> groups, Task task) {
        return new ProgramMode(
                word,
                around -> CommandLines.command(command.apply(around), groups),
                Optional.of(new Service(groups, task)));
    }

    private static ProgramMode verb(String word, Function<Surroundings, CommandLine> command) {
        return new ProgramMode(word, command, Optional.empty());
    }

    static List<String> words() {
        return ALL.stream().map(ProgramMode::word).toList();
    }

    static ProgramMode of(String word) {
        return ALL.stream()
                .filter(mode -> mode.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no mode " + word));
    }

    /**
     * What takes nothing but settings, and runs until the process is told to stop.
     *
     * @param groups of the settings that it takes
     */
    record Service(List<Setting.Group> groups, Task task) {
        Service {
            groups = List.copyOf(groups);
        }
    }

    /** What a service does. */
    @FunctionalInterface
    interface Task {
        void runUntilStopped(Settings settings, Map<String, String> environment) throws InterruptedException;
    }
}
