package dev.landwaiter.settings;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One setting, as data.
 *
 * @param flag with its dashes: {@code --listen}
 * @param valueName what stands for its value in help: {@code HOST:PORT}; {@code ""} for a switch, which is on where it stands alone
 * @param byDefault as a person would write it; {@code ""} where there is none
 * @param defaultNote what the documentation says of the default where {@code byDefault} does not say it all, else {@code ""}
 * @param description a sentence without its full stop
 * @param repeatable whether the flag may stand several times, and its variable hold several values with commas in between
 * @param secret whether its value may hold a secret and is never shown
 * @param alsoEnvironment other variables that are looked at where neither flag nor own variable is there
 * @param parser from texts to the value, with every check that needs no other setting
 * @param <T> of the value
 */
public record Setting<T>(
        Group group,
        String flag,
        String valueName,
        String byDefault,
        String defaultNote,
        String description,
        boolean repeatable,
        boolean secret,
        List<String> alsoEnvironment,
        Parser<T> parser) {
    static final String PREFIX = "LANDWAITER_";

    public Setting {
        alsoEnvironment = List.copyOf(alsoEnvironment);
    }

    /** What a setting is about; commands offer whole groups. */
    public enum Group {
        SERVER("Server"),
        MANAGEMENT("Health and metrics"),
        CERTIFICATES("Certificates of the cluster"),
        CONTROLLER("Own certificates, which the controller issues"),
        CALLERS("Who counts as the API server"),
        CLUSTER("Cluster"),
        POLICY("Policies"),
        TRUST("Trust root of policies without one"),
        REGISTRY("Registries"),
        MEMORY("What is remembered"),
        LIMIT("Limits"),
        LOG("Logs");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** Reads the texts of a setting, one where it is not repeatable. */
    @FunctionalInterface
    public interface Parser<T> {
        /** Throws {@link dev.landwaiter.failure.Failure} whose message says what was expected, for instance {@code expected HOST:PORT}. */
        T parse(List<String> texts);
    }

    /** By the flag, which is its alone. What a record does by itself would cost a start more than reading all settings does. */
    @Override
    public int hashCode() {
        return flag.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Setting<?> setting && flag.equals(setting.flag);
    }

    /** Whether it is on or off, and its flag needs no value. */
    public boolean isSwitch() {
        return valueName.isEmpty();
    }

    /** Its own environment variable: {@code LANDWAITER_TLS_CERT} for {@code --tls-cert}. */
    public String environment() {
        return PREFIX + flag.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** Its default as the documentation shows it. */
    public String shownDefault() {
        if (!defaultNote.isEmpty()) {
            return defaultNote;
        }
        return byDefault.isEmpty() ? "none" : "`" + byDefault + "`";
    }

    /** {@code text} as messages may show it. */
    String shown(String text) {
        return secret ? "(not shown)" : "\"" + text + "\"";
    }
}
