package dev.landwaiter.cli;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.settings.SettingsTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The rows of the settings as options of a command, a section of its help for each group. */
final class SettingOptions {
    private SettingOptions() {}

    static void add(CommandSpec command, List<Setting.Group> groups) {
        boolean limitsListed = groups.contains(Setting.Group.SERVER);
        if (limitsListed) {
            command.usageMessage().footer(limits());
        }
        for (Setting.Group group : groups) {
            ArgGroupSpec.Builder section = ArgGroupSpec.builder()
                    .validate(false)
                    .exclusive(false)
                    .multiplicity("0..1")
                    .heading("%n" + group.title() + ":%n");
            for (Setting<?> setting : SettingRows.ALL) {
                if (setting.group() == group) {
                    section.addArg(option(setting, limitsListed));
                }
            }
            command.addArgGroup(section.build());
        }
    }

    /**
     * The settings of a cluster that a person looks at.
     *
     * @param cluster what it is looked at for, for the help
     * @param ownNamespace whose that namespace is, for the help
     */
    static void addCluster(CommandSpec command, String cluster, String ownNamespace) {
        command.addArgGroup(ArgGroupSpec.builder()
                .validate(false)
                .exclusive(false)
                .multiplicity("0..1")
                .heading("%n" + Setting.Group.CLUSTER.title() + ":%n")
                .addArg(option(SettingRows.KUBECONFIG, cluster))
                .addArg(option(
                        SettingRows.OWN_NAMESPACE,
                        "%s (default: %s)"
                                .formatted(
                                        ownNamespace,
                                        SettingRows.OWN_NAMESPACE.shownDefault().replace("`", ""))))
                .build());
    }

    private static OptionSpec option(Setting<?> setting, String description) {
        return OptionSpec.builder(setting.flag())
                .paramLabel(setting.valueName())
                .description(description)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .build();
    }

    private static OptionSpec option(Setting<?> setting, boolean limitsListed) {
        boolean told = setting.shownDefault().equals("none") || setting.equals(SettingRows.LIMIT);
        String more = told ? "" : " (default: " + setting.shownDefault().replace("`", "") + ")";
        String times = setting.repeatable() ? "; may be given several times" : "";
        String description = (setting.description() + times + more).replace("%", "%%");
        return OptionSpec.builder(setting.flag())
                .paramLabel(setting.isSwitch() ? "true|false" : setting.valueName())
                .hideParamSyntax(setting.isSwitch())
                .fallbackValue(setting.isSwitch() ? "true" : "")
                // one list of all limits is enough: the others point to it
                .description(
                        limitsListed
                                ? description
                                : description.replace("as listed below", "as 'landwaiter webhook --help' lists"))
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(setting.isSwitch() ? "0..1" : "1")
                .build();
    }

    private static String[] limits() {
        List<String> lines = new ArrayList<>(List.of("", "Limits, with their defaults:"));
        for (Limit limit : Limit.values()) {
            lines.add("  %-22s %9s %-12s %s"
                    .formatted(limit.text(), SettingsTable.shownDefault(limit), limit.unit(), limit.what())
                    .replace("%", "%%"));
        }
        return lines.toArray(String[]::new);
    }

    /** The settings that the options of {@code command} and the environment give; every mistake in one failure. */
    static Settings read(CommandSpec command, Map<String, String> environment) {
        Map<String, List<String>> flags = new LinkedHashMap<>();
        for (Setting<?> setting : SettingRows.ALL) {
            OptionSpec option = command.findOption(setting.flag());
            Object value = option == null ? null : option.getValue();
            if (value instanceof List<?> texts) {
                List<String> given = new ArrayList<>();
                texts.forEach(text -> given.add(String.valueOf(text)));
                flags.put(setting.flag(), given);
            }
        }
        return Settings.resolve(flags, environment);
    }
}
