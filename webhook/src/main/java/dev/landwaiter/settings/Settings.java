package dev.landwaiter.settings;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The settings of one run: each as a flag says, else as its variable says, else at its default. Immutable. */
public final class Settings {
    /** Variables with our prefix that are not settings: the program's mode, and what the end-to-end tests read. */
    private static final Set<String> NOT_SETTINGS = Set.of("LANDWAITER_MODE", "LANDWAITER_E2E_KUBECONFIG");
    /** What the cluster itself sets in every container for Services whose name begins with ours. */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "LANDWAITER_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    /**
     * The settings that {@code flags} (by flag, its texts in order) and {@code environment} give.
     *
     * @throws Failure {@code SETTING_INVALID} that names every mistake there is, not the first alone
     */
    public static Settings resolve(Map<String, List<String>> flags, Map<String, String> environment) {
        List<String> mistakes = new ArrayList<>();
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : SettingRows.ALL) {
            Texts texts = texts(setting, flags, environment);
            if (!texts.texts().isEmpty() || setting.repeatable()) {
                parse(setting, texts, mistakes).ifPresent(value -> values.put(setting, value));
            }
        }
        unknown(flags, environment, mistakes);
        Settings settings = new Settings(values);
        if (mistakes.isEmpty()) {
            SettingsCheck.check(settings, mistakes);
        }
        if (!mistakes.isEmpty()) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not use the settings: %s.\n  - %s\nFix them; docs/settings.md lists every setting."
                            .formatted(
                                    mistakes.size() == 1 ? "1 mistake" : mistakes.size() + " mistakes",
                                    String.join("\n  - ", mistakes)));
        }
        return settings;
    }

    /** The value of a setting that has a default or is repeatable. */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new IllegalArgumentException(setting.flag() + " has no default: use find"));
    }

    /** The value of a setting, empty where there is none. */
    @SuppressWarnings("unchecked") // values holds for each setting what its own parser returned
    public <T> Optional<T> find(Setting<T> setting) {
        return Optional.ofNullable((T) values.get(setting));
    }

    private static Optional<Object> parse(Setting<?> setting, Texts texts, List<String> mistakes) {
        try {
            return Optional.of(setting.parser().parse(texts.texts()));
        } catch (Failure e) {
            mistakes.add("%s %s%s: %s"
                    .formatted(
                            setting.flag(),
                            texts.texts().stream().map(setting::shown).collect(Collectors.joining(", ")),
                            texts.from().isEmpty() ? "" : " (from " + texts.from() + ")",
                            e.message()));
            return Optional.empty();
        }
    }

    /**
     * What stands for a setting.
     *
     * @param from the environment variable it came from, {@code ""} for a flag or the default
     */
    private record Texts(List<String> texts, String from) {}

    private static Texts texts(Setting<?> setting, Map<String, List<String>> flags, Map<String, String> environment) {
        List<String> given = flags.getOrDefault(setting.flag(), List.of());
        if (!given.isEmpty()) {
            return new Texts(setting.repeatable() ? given : List.of(given.getLast()), "");
        }
        List<String> variables = new ArrayList<>(List.of(setting.environment()));
        variables.addAll(setting.alsoEnvironment());
        for (String variable : variables) {
            String value = environment.getOrDefault(variable, "").strip();
            if (!value.isEmpty()) {
                return new Texts(setting.repeatable() ? split(value) : List.of(value), variable);
            }
        }
        return new Texts(setting.byDefault().isEmpty() ? List.of() : List.of(setting.byDefault()), "");
    }

    private static List<String> split(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static void unknown(
            Map<String, List<String>> flags, Map<String, String> environment, List<String> mistakes) {
        List<String> knownFlags = SettingRows.ALL.stream().map(Setting::flag).toList();
        List<String> knownVariables =
                SettingRows.ALL.stream().map(Setting::environment).toList();
        for (String flag : new TreeMap<>(flags).keySet()) {
            if (!knownFlags.contains(flag)) {
                mistakes.add("%s: there is no such flag%s".formatted(flag, Nearest.hint(flag, knownFlags)));
            }
        }
        for (String variable : new TreeMap<>(environment).keySet()) {
            boolean ours = variable.startsWith(Setting.PREFIX)
                    && !NOT_SETTINGS.contains(variable)
                    && !SERVICE_LINK.matcher(variable).matches();
            if (ours && !knownVariables.contains(variable)) {
                mistakes.add(
                        "%s: there is no such setting%s".formatted(variable, Nearest.hint(variable, knownVariables)));
            }
        }
    }
}
