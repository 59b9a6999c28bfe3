package dev.landwaiter.cli;

import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Arguments of a service that are nothing but flags with their values, which is how every container starts one. They are read without
 * picocli, whose classes would only delay that start. Whatever is written in another way, a mistake above all, is left to picocli.
 */
final class PlainFlags {
    private PlainFlags() {}

    /** The texts of each flag, in order; empty where {@code arguments} hold anything but flags of {@code groups} with their values. */
    static Optional<Map<String, List<String>>> read(List<String> arguments, List<Setting.Group> groups) {
        Map<String, Setting<?>> rows = new HashMap<>();
        for (Setting<?> row : SettingRows.ALL) {
            if (groups.contains(row.group())) {
                rows.put(row.flag(), row);
            }
        }
        Map<String, List<String>> flags = new LinkedHashMap<>();
        for (int at = 0; at < arguments.size(); at++) {
            String word = arguments.get(at);
            int equals = word.indexOf('=');
            String flag = equals < 0 ? word : word.substring(0, equals);
            Setting<?> row = rows.get(flag);
            if (row == null) {
                return Optional.empty();
            }
            String next = at + 1 < arguments.size() ? arguments.get(at + 1) : "--";
            String value;
            if (equals >= 0) {
                value = word.substring(equals + 1);
            } else if (row.isSwitch() && next.startsWith("--")) {
                value = "true";
            } else {
                value = next;
                at++;
            }
            if (!isPlain(value)) {
                return Optional.empty();
            }
            flags.computeIfAbsent(flag, _ -> new ArrayList<>()).add(value);
        }
        return Optional.of(flags);
    }

    /** Whether picocli would take it as it stands: it reads some of what begins with these in a way of its own. */
    private static boolean isPlain(String value) {
        return !value.isEmpty() && "-@\"'".indexOf(value.charAt(0)) < 0;
    }
}
